import type { EntrySink } from "../archive/archive";
import type { ArchiveEntry } from "../archive/archive-entry";
import { freeMemory } from "../archive/free-memory";
import { ByteGate } from "./byte-gate";

const MIB = 1024 * 1024;

/** Entries up to this size are held whole, in and out. */
export const WHOLE_BYTES = 8 * MIB;

/** Held at once, packed and unpacked together; and entries at once: small ones wait for answers. */
const HELD_BYTES = 32 * MIB;
const AT_ONCE = 32;

/** What is done with the content of entries. */
export interface EntryWork {
  /** Takes over the content, which is alone in its memory, or small. */
  readonly whole: (entry: ArchiveEntry, content: Buffer) => Promise<void>;
  readonly stream: (entry: ArchiveEntry, pieces: AsyncIterable<Buffer>) => Promise<void>;
  /** Ends the other work when some of it fails. */
  readonly abort: (error: unknown) => void;
}

/** Makes a sink that works on several entries at once within fixed memory, and tells the first failure. */
export function entrySink(work: EntryWork): EntrySink {
  const gate = new ByteGate(HELD_BYTES, AT_ONCE);
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const fail = (error: unknown): void => {
    failures.push(error);
    work.abort(failures[0]);
  };
  const requireNone = (): void => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    wholeBytes: WHOLE_BYTES,
    admit: async (bytes) => {
      const release = await gate.enter(bytes);
      if (failures.length > 0) release();
      requireNone();
      return release;
    },
    whole: (entry, content, release) => {
      const done = content
        .then((bytes) => (failures.length > 0 ? undefined : work.whole(entry, bytes)))
        .catch(fail)
        .finally(() => {
          release();
          running.delete(done);
        });
      running.add(done);
    },
    stream: async (entry, pieces) => {
      requireNone();
      // What fails because other work failed is not the reason that is told.
      await work.stream(entry, pieces).catch(fail);
      requireNone();
    },
    finish: async () => {
      await Promise.all(running);
      requireNone();
    },
  };
}

/** Takes everything to nowhere: unpacking into it shows that every entry is good. */
export function verifyingSink(): EntrySink {
  return entrySink({
    whole: (_entry, content) => {
      freeMemory(content);
      return Promise.resolve();
    },
    stream: async (_entry, pieces) => {
      const iterator = pieces[Symbol.asyncIterator]();
      while ((await iterator.next()).done !== true);
    },
    abort: () => undefined,
  });
}
