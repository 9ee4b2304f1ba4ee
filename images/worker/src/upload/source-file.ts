import { close, constants, fstat, open as openFile, read, type BigIntStats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { identityOf, sameState, type FileIdentity } from "../publish/scan";
import { StepError } from "../step/step-error";

/** A file to be read: where it is, and the state in which it was found. */
export interface SourceFile {
  /** Path in the delivery, for people. */
  readonly path: string;
  /** Where the file is on this host. */
  readonly location: string;
  readonly identity: FileIdentity;
}

/** An open {@link SourceFile}. */
export interface OpenSource {
  readonly handle: FileHandle;
  /** Fills a buffer from a place in the file. */
  readonly read: (into: Buffer, offset: number) => Promise<void>;
  /** Throws when the file is no longer in the state in which it was found. */
  readonly requireUnchanged: () => Promise<void>;
}

/**
 * Opens a file for as long as `use` runs, and makes sure that it is the file that was found, before and after: what
 * was read is then one state of the file, not a mixture.
 */
export async function withSource<T>(
  source: SourceFile,
  use: (open: OpenSource) => Promise<T>,
): Promise<T> {
  const handle = await openPlain(source, open);
  const requireUnchanged = async (): Promise<void> => {
    if (!sameState(identityOf(await handle.stat({ bigint: true })), source.identity))
      throw changed(source);
  };
  const read = async (into: Buffer, offset: number): Promise<void> => {
    for (let filled = 0; filled < into.length;) {
      const { bytesRead } = await handle.read(into, filled, into.length - filled, offset + filled);
      if (bytesRead === 0) throw changed(source);
      filled += bytesRead;
    }
  };
  try {
    await requireUnchanged();
    const result = await use({ handle, read, requireUnchanged });
    await requireUnchanged();
    return result;
  } finally {
    await handle.close();
  }
}

/** Reads a file from begin to end through one buffer. */
export async function readThrough(
  source: SourceFile,
  buffer: Buffer,
  take: (bytes: Buffer) => void,
): Promise<void> {
  await withSource(source, async ({ read }) => {
    for (let offset = 0; offset < source.identity.size;) {
      const piece = buffer.subarray(0, Math.min(buffer.length, source.identity.size - offset));
      await read(piece, offset);
      take(piece);
      offset += piece.length;
    }
  });
}

const small = {
  open: promisify(openFile),
  read: promisify(read),
  stat: promisify<number, { bigint: true }, BigIntStats>(fstat),
  close: promisify(close),
};

/**
 * Fills a buffer with the whole of a small file, and makes sure that it is the file that was found. One look afterwards
 * tells that; and plain descriptors are used, for with thousands of files each call counts.
 */
export async function readWhole(source: SourceFile, into: Buffer): Promise<void> {
  const file = await openPlain(source, small.open);
  try {
    const [reading] = await Promise.allSettled([readAll(file, into)]);
    // First, for another file in its place, such as a pipe, is also what may not be read.
    if (!sameState(identityOf(await small.stat(file, { bigint: true })), source.identity))
      throw changed(source);
    if (reading.status === "rejected") throw reading.reason;
    if (reading.value < into.length) throw changed(source);
  } finally {
    await small.close(file);
  }
}

async function readAll(file: number, into: Buffer): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await small.read(file, into, filled, into.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

async function openPlain<T>(
  source: SourceFile,
  how: (location: string, flags: number) => Promise<T>,
): Promise<T> {
  try {
    // A link that took the file's place after the scan is not followed, and a pipe is not waited for.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    return await how(source.location, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ELOOP") throw changed(source, error);
    throw error;
  }
}

function changed(source: SourceFile, cause?: unknown): StepError {
  return new StepError(
    "badDelivery",
    `the file ${JSON.stringify(source.path)} changed while it was read; ` +
      "something still writes to staging: let the partner's program end only when all is written",
    { cause },
  );
}
