import { close, closeSync, open, openSync, unlink, writev, writevSync } from "node:fs";
import { promisify } from "node:util";
import type { BlobWriter } from "./blobs";

const openFile = promisify(open);
const closeFile = promisify(close);

/** So much is gathered before a write: a write for each piece of 64 KiB would cost a thread hop each. */
const GATHER_BYTES = 1024 * 1024;
/** So much may wait for the disk before the sender is held. */
const MAX_PENDING_BYTES = 4 * 1024 * 1024;
/** Blobs up to this size are written at once: three thread hops cost more than the write. */
const SMALL_BYTES = 256 * 1024;

/** Writes a blob to a file, many pieces at a time. */
export class DiskBlobWriter implements BlobWriter {
  /** Settles when the file is closed, or was never opened. */
  readonly closed: Promise<void>;
  #markClosed: () => void = () => undefined;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #pending = 0;
  #file: number | undefined;
  #work: Promise<void> | undefined;
  #failure: Error | undefined;
  #aborted = false;

  constructor(
    readonly id: string,
    private readonly path: string,
    private readonly expectedBytes: number,
  ) {
    this.closed = new Promise((resolve) => {
      this.#markClosed = resolve;
    });
  }

  write(piece: Buffer): boolean {
    this.#gathered.push(piece);
    this.#gatheredBytes += piece.length;
    this.#pending += piece.length;
    if (this.#gatheredBytes >= GATHER_BYTES) this.#work ??= this.#flush();
    return this.#pending < MAX_PENDING_BYTES;
  }

  async whenReady(): Promise<void> {
    await this.#work;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async finish(): Promise<void> {
    if (this.expectedBytes <= SMALL_BYTES && this.#work === undefined && this.#file === undefined) {
      this.#writeAtOnce();
      return;
    }
    while (this.#gatheredBytes > 0 && this.#failure === undefined)
      await (this.#work ??= this.#flush());
    await this.#work;
    await this.#close();
    if (this.#failure === undefined) return;
    this.abort();
    throw this.#failure;
  }

  abort(): void {
    this.#aborted = true;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    void (this.#work ?? Promise.resolve())
      .then(() => this.#close())
      // Nobody waits for a blob that was given up; the file goes in any case.
      .catch(() => undefined)
      .then(() => {
        unlink(this.path, () => undefined);
      });
  }

  #writeAtOnce(): void {
    const file = openSync(this.path, "wx");
    try {
      let left = this.#gathered;
      while (left.length > 0) left = rest(left, writevSync(file, left));
    } finally {
      closeSync(file);
      this.#markClosed();
    }
  }

  /** Writes what is gathered until nothing is; never fails, but notes the failure. */
  async #flush(): Promise<void> {
    try {
      this.#file ??= await openFile(this.path, "wx");
      while (this.#gatheredBytes > 0) {
        let left = this.#gathered;
        const bytes = this.#gatheredBytes;
        this.#gathered = [];
        this.#gatheredBytes = 0;
        while (left.length > 0) left = rest(left, await writeAll(this.#file, left));
        this.#pending -= bytes;
        if (this.#gatheredBytes < GATHER_BYTES) break;
      }
    } catch (cause) {
      this.#failure = cause instanceof Error ? cause : new Error(String(cause), { cause });
    } finally {
      this.#work = undefined;
    }
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) await closeFile(file);
    if (this.#aborted || file !== undefined) this.#markClosed();
  }
}

function writeAll(file: number, pieces: readonly Buffer[]): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(file, pieces, (error, written) => {
      if (error === null) resolve(written);
      else reject(error);
    });
  });
}

/** What is left of pieces after so many bytes of them were written. */
function rest(pieces: readonly Buffer[], written: number): Buffer[] {
  let left = written;
  let index = 0;
  for (let piece = pieces[0]; piece !== undefined && left >= piece.length; piece = pieces[++index])
    left -= piece.length;
  const [first, ...others] = pieces.slice(index);
  return first === undefined ? [] : [first.subarray(left), ...others];
}
