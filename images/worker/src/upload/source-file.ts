import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
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
  const handle = await openPlain(source);
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

async function openPlain(source: SourceFile): Promise<FileHandle> {
  try {
    // A link that took the file's place after the scan is not followed, and a pipe is not waited for.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    return await open(source.location, flags);
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
