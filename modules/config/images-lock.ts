import { z } from "zod";
import { parseSettings } from "./zod-faults";

const entry = z.strictObject({
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/u, { error: "must be sha256: and 64 hex digits" }),
  /**
   * `pushed`: the registry named the digest. `sources`: hash of the image's sources, for offline environments, where no
   * image is ever pulled.
   */
  origin: z.enum(["pushed", "sources"]),
});

const schema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Environment, image, digest: an image is promoted from environment to environment. */
  environments: z.record(z.string(), z.record(z.string(), entry)),
});

/** Digests of the images of each environment. Written by `images push`, committed, reviewed. */
export type ImagesLock = z.output<typeof schema>;

/** Digest of one image. */
export type LockedImage = z.output<typeof entry>;

/** Checks the content of `images.lock.json`. */
export function parseImagesLock(value: unknown, file = "images.lock.json"): ImagesLock {
  return parseSettings(schema, value, file);
}
