import { buffer } from "node:stream/consumers";
import archiver from "archiver";

/** First instant that a zip can tell. */
const EPOCH = new Date("1980-01-01T00:00:00Z");

/**
 * Packs files into a zip whose bytes depend on names and contents alone: entries sorted, one date, one mode.
 * Stored, not compressed: the compressor's output differs between versions of Node and processors, and every machine
 * must give the hash that Terraform compares.
 *
 * @param files - content by name in the zip
 */
export async function zip(files: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
  const archive = archiver("zip", { store: true });
  const failure = new Promise<never>((_, reject) => {
    archive.on("error", reject);
    archive.on("warning", reject);
  });
  const bytes = buffer(archive);
  for (const name of Object.keys(files).sort())
    archive.append(Buffer.from(files[name] ?? ""), { name, date: EPOCH, mode: 0o644 });
  return Promise.race([archive.finalize().then(() => bytes), failure]);
}
