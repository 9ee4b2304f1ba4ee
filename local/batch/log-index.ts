import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Which stream of output is of which job: Batch knows it as long as it runs, people want it later. */
export interface LogIndexEntry {
  readonly jobId: string;
  readonly jobName: string;
  readonly logStreamName: string;
}

const indexFile = (directory: string): string => path.join(directory, "logs", "streams.jsonl");

/** Adds a stream, before anything is written to it. */
export function addToLogIndex(directory: string, entry: LogIndexEntry): void {
  const file = indexFile(directory);
  mkdirSync(path.dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

/** Reads the streams of all runs, oldest first. */
export function readLogIndex(directory: string): LogIndexEntry[] {
  const file = indexFile(directory);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LogIndexEntry);
}
