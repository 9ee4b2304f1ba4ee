import { appendFile, readFile } from "node:fs/promises";

/** An upload in parts, as it was begun. */
export interface JournalEntry {
  readonly key: string;
  readonly uploadId: string;
}

/**
 * Uploads that were begun, one JSON object a line, beside the files in staging. A hint only: what it names is looked
 * up at S3, so a line that is missing or cut off costs time and nothing else, and nothing needs to be flushed.
 */
export class UploadJournal {
  constructor(private readonly path: string) {}

  /** Adds an upload. */
  async add(entry: JournalEntry): Promise<void> {
    await appendFile(this.path, `${JSON.stringify(entry)}\n`, { mode: 0o640 });
  }

  /** Reads all entries that can be read. */
  async read(): Promise<readonly JournalEntry[]> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
    return text.split("\n").flatMap((line) => {
      try {
        const { key, uploadId } = JSON.parse(line) as Partial<JournalEntry>;
        return typeof key === "string" && typeof uploadId === "string" ? [{ key, uploadId }] : [];
      } catch {
        return [];
      }
    });
  }
}
