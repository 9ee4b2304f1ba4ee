import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Change } from "./records";

const FILE = "journal.jsonl";

/**
 * The store's changes as lines of JSON in one file, in their order. A line holds changes that belong together: after a
 * crash either all of them are there or none.
 *
 * Lines are written synchronously: a request's change is in the file before any other request is looked at, so that the
 * order of answers is the order of the journal.
 */
export class Journal {
  #file: number | undefined;
  #size = 0;
  readonly #path: string;

  constructor(directory: string) {
    this.#path = join(directory, FILE);
  }

  /** Reads what is there. A last line without its end is a write that a crash cut off: it never happened. */
  *read(): Generator<readonly Change[]> {
    if (!existsSync(this.#path)) return;
    const text = readFileSync(this.#path, "utf8");
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      yield JSON.parse(text.slice(start, end)) as readonly Change[];
      start = end + 1;
    }
  }

  /** Replaces the file by the given lines and opens it for more. */
  restart(lines: Iterable<readonly Change[]>): void {
    const next = `${this.#path}.next`;
    this.#file = openSync(next, "w");
    this.#size = 0;
    for (const line of lines) this.append(line);
    renameSync(next, this.#path);
  }

  /** Adds a line. When that fails, as on a full disk, the file is as it was before. */
  append(changes: readonly Change[]): void {
    const file = this.#file;
    if (file === undefined) throw new Error("the journal is not open");
    const bytes = Buffer.from(`${JSON.stringify(changes)}\n`, "utf8");
    try {
      for (let done = 0; done < bytes.length;)
        done += writeSync(file, bytes, done, bytes.length - done, this.#size + done);
    } catch (fault) {
      ftruncateSync(file, this.#size);
      throw fault;
    }
    this.#size += bytes.length;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
