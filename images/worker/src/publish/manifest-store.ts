import { setTimeout as delay } from "node:timers/promises";
import type { Manifest, ManifestFile } from "../../../../modules/contract";
import { readObject } from "../aws/read-object";
import { nameFailure } from "../step/name-failure";
import { StepError } from "../step/step-error";
import { crc32Of, crc32Text } from "../upload/crc32";
import { putObject } from "../upload/put-object";
import { httpStatus, type Target } from "../upload/target";

/** How often a write is tried that meets another one which is under way. */
const TRIES = 6;
const FIRST_WAIT_MS = 200;

/** Reads a manifest that is there. */
export async function readManifest(
  { client, bucket, signal }: Target,
  key: string,
): Promise<Manifest> {
  const { text } = await readObject(client, bucket, key, signal).catch((error: unknown) => {
    throw nameFailure(error, `${JSON.stringify(key)} could not be read`, signal);
  });
  return parseManifest(text, bucket, key);
}

/**
 * Writes the manifest if none is there, as the last object of a delivery.
 *
 * @returns the manifest that holds: that of an earlier attempt when it lists the same files
 * @throws StepError `conflict` when another one lists other files
 */
export async function writeManifest(
  target: Target,
  key: string,
  manifest: Manifest,
): Promise<Manifest> {
  const body = Buffer.from(`${JSON.stringify(manifest)}\n`);
  const object = { key, body, contentType: "application/json", crc32: crc32Text(crc32Of(body)) };
  for (let tries = 1; ; tries += 1) {
    try {
      await putObject(target, object);
      return manifest;
    } catch (error) {
      const status = httpStatus(error);
      if (status === 412) return requireSame(target, key, manifest);
      if (status !== 409 || tries === TRIES)
        throw nameFailure(error, `${JSON.stringify(key)} could not be written`, target.signal);
      await delay(FIRST_WAIT_MS * 2 ** (tries - 1), undefined, { signal: target.signal });
    }
  }
}

async function requireSame(target: Target, key: string, manifest: Manifest): Promise<Manifest> {
  const there = await readManifest(target, key);
  if (sameFiles(there.files, manifest.files)) return there;
  throw new StepError(
    "conflict",
    `the manifest ${JSON.stringify(key)} in the bucket ${JSON.stringify(target.bucket)} lists other files; ` +
      "nothing was overwritten: start a new attempt of the order, which has keys of its own",
  );
}

function sameFiles(a: readonly ManifestFile[], b: readonly ManifestFile[]): boolean {
  const facts = (files: readonly ManifestFile[]): string =>
    JSON.stringify(files.map(({ path, key, size, crc32 }) => [path, key, size, crc32]));
  return facts(a) === facts(b);
}

function parseManifest(body: string, bucket: string, key: string): Manifest {
  try {
    const manifest = JSON.parse(body) as Partial<Manifest> | null;
    if (manifest?.schemaVersion === 1 && Array.isArray(manifest.files)) return manifest as Manifest;
  } catch {
    // Told below, together with JSON that is no manifest.
  }
  throw new StepError(
    "conflict",
    `${JSON.stringify(key)} in the bucket ${JSON.stringify(bucket)} is no manifest of this version; ` +
      "something other than the worker writes there: find it, then start a new attempt of the order",
  );
}
