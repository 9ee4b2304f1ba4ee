import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { DirectoryLock } from "./directory-lock";
import { DiscardingBlobs } from "./discarding-blobs";
import { DiskBlobs } from "./disk-blobs";
import { Journal } from "./journal";
import { MemoryBlobs } from "./memory-blobs";
import { Store } from "./store";

/** A store and what ends it. */
export interface OpenStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** Opens a store in memory, or in a directory that only one process may use at a time. */
export function openStore(directory: string | undefined, discardAbove?: number): OpenStore {
  if (directory === undefined) {
    const store = new Store(
      discardAbove === undefined ? new MemoryBlobs() : new DiscardingBlobs(discardAbove),
    );
    return { store, close: () => store.close() };
  }
  const root = resolve(directory);
  mkdirSync(root, { recursive: true });
  const lock = new DirectoryLock(root);
  try {
    const blobs = new DiskBlobs(join(root, "blobs"));
    const store = new Store(blobs, new Journal(root));
    blobs.sweep(store.knownBlobs());
    const close = async (): Promise<void> => {
      await store.close();
      lock.release();
    };
    return { store, close };
  } catch (fault) {
    lock.release();
    throw fault;
  }
}
