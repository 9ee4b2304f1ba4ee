import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Directory of an image that holds what plays the partner in tests; no part of the image. */
const STAND_IN = "stand-in";

/**
 * Digest of the sources of an image: SHA-256 over the sorted relative paths and the contents of its directory.
 * Stands for the image where none is ever pulled.
 *
 * @param directory - `images/<name>`
 */
export function sourcesDigest(directory: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join("/"))
    .filter((file) => !file.startsWith(`${STAND_IN}/`))
    .sort();
  for (const file of files) {
    const content = readFileSync(path.join(directory, file));
    // Lengths before texts: no two trees give the same stream.
    hash.update(`${String(Buffer.byteLength(file))}:${file}:${String(content.length)}:`);
    hash.update(content);
  }
  return `sha256:${hash.digest("hex")}`;
}
