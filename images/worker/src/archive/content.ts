import { createInflateRaw, inflateRaw } from "node:zlib";
import { messageOf, StepError } from "../step/step-error";
import { crc32Of } from "../upload/crc32";
import type { ArchiveEntry } from "./archive-entry";
import { freeWhenFull } from "./free-memory";

const CHUNK_BYTES = 1024 * 1024;

/** Inflates an entry in one go; never makes more than its declared size. */
export async function inflateWhole(entry: ArchiveEntry, packed: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One byte more than needed: zlib takes a second buffer of the same size when the first is full.
    const options = {
      chunkSize: Math.max(64, entry.size + 1),
      maxOutputLength: Math.max(1, entry.size),
    };
    inflateRaw(packed, options, (error, content) => {
      if (error === null) resolve(content);
      else reject(contentFault(entry, inflateFault(error), error));
    });
  });
}

/** Inflates an entry piece by piece. */
export async function* inflatePieces(
  entry: ArchiveEntry,
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const engine = createInflateRaw({ chunkSize: CHUNK_BYTES });
  const feed = async (): Promise<void> => {
    for await (const piece of pieces)
      await new Promise<void>((resolve, reject) => {
        // The callback comes when the piece is used up: its buffer is used again then.
        engine.write(piece, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    engine.end();
  };
  const failures: unknown[] = [];
  const fed = feed().catch((error: unknown) => {
    failures.push(error);
    engine.destroy(error as Error);
  });
  try {
    for await (const chunk of engine) {
      yield chunk as Buffer;
      // The pieces before it are used up, too.
      freeWhenFull(chunk as Buffer);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
    throw code.startsWith("Z_") ? contentFault(entry, inflateFault(error), error) : error;
  } finally {
    engine.destroy();
    await fed;
  }
  if (failures.length > 0) throw failures[0];
}

/** Passes pieces on, and requires that they are the entry's size and checksum together. */
export async function* checkedPieces(
  entry: ArchiveEntry,
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let size = 0;
  let crc = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > entry.size) throw contentFault(entry, "unpacks to more than it declares");
    crc = crc32Of(piece, crc);
    if (size === entry.size && crc !== entry.crc) throw contentFault(entry, WRONG_SUM);
    yield piece;
  }
  if (size !== entry.size) throw contentFault(entry, "unpacks to less than it declares");
  if (crc !== entry.crc) throw contentFault(entry, WRONG_SUM);
}

/** Requires that content is an entry's size and checksum. */
export function requireContent(entry: ArchiveEntry, content: Buffer): Buffer {
  if (content.length !== entry.size)
    throw contentFault(entry, "unpacks to another size than it declares");
  if (crc32Of(content) !== entry.crc) throw contentFault(entry, WRONG_SUM);
  return content;
}

const WRONG_SUM = "does not have the checksum that the archive tells";

/** Says that the content of an entry is not what the archive tells of it. */
export function contentFault(entry: ArchiveEntry, what: string, cause?: unknown): StepError {
  return new StepError(
    "badDelivery",
    `the archive is damaged: ${JSON.stringify(entry.path)} ${what}; ` +
      "no manifest was written: ask the sender for a correct archive",
    { cause },
  );
}

function inflateFault(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code === "ERR_BUFFER_TOO_LARGE"
    ? "unpacks to more than it declares"
    : `can not be inflated (${messageOf(error)})`;
}
