import { createHash } from "node:crypto";
import { bundleFunction } from "./bundle";
import { zip } from "./zip";

/** What Lambda runs: a zip, and its hash as Terraform compares it. */
export interface FunctionPackage {
  /** Name of the directory below `functions/`. */
  readonly name: string;
  readonly zip: Buffer;
  /** Base64 of the SHA-256 of the zip. */
  readonly hash: string;
}

const bundles = new Map<string, Buffer>();

/**
 * Bundles and packs a function.
 *
 * @param files - further files beside `index.js`, content by name
 */
export async function packFunction(
  name: string,
  files: Readonly<Record<string, string>> = {},
): Promise<FunctionPackage> {
  const bytes = await zip({ ...files, "index.js": bundleOnce(name) });
  return { name, zip: bytes, hash: createHash("sha256").update(bytes).digest("base64") };
}

/** The code is the same for every partner; bundling costs more than all else. */
function bundleOnce(name: string): Buffer {
  const bundle = bundles.get(name) ?? bundleFunction(name);
  bundles.set(name, bundle);
  return bundle;
}
