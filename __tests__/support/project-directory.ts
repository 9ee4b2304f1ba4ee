import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A directory for one test, and how to be rid of it. */
export interface TestDirectory {
  readonly path: string;
  /** Writes a file below it. */
  write(name: string, content: string): void;
  remove(): void;
}

/** Makes a directory for one test. */
export function testDirectory(): TestDirectory {
  const directory = mkdtempSync(path.join(tmpdir(), "partner-ingest-test-"));
  return {
    path: directory,
    write: (name, content) => {
      const file = path.join(directory, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    },
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
