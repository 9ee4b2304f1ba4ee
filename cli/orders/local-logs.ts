import { existsSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { type BatchClient } from "@aws-sdk/client-batch";
import { readLogIndex } from "../../local/batch";
import {
  type LogPage,
  type LogPlace,
  type LogSource,
  NO_CHILDREN,
  runningChildrenOf,
} from "./log-source";

/** Bytes of a log that are read at once. */
const READ_BYTES = 1024 ** 2;

const NEWLINE = 0x0a;

/**
 * The output of jobs on this machine: a file each.
 *
 * @param batch - of a run that is under way
 */
export function localLogs(batchDirectory: string, batch?: BatchClient): LogSource {
  const fileOf = (stream: string): string => path.join(batchDirectory, "logs", `${stream}.log`);
  return {
    settlesMs: 0,
    read: (stream, from) => readOn(fileOf(stream), from),
    runningChildren: async (jobId) => {
      // Without a run nothing is running; an array of which no child has begun is as good as none.
      const begun = readLogIndex(batchDirectory).some((entry) =>
        entry.jobId.startsWith(`${jobId}:`),
      );
      return batch === undefined || !begun ? NO_CHILDREN : runningChildrenOf(batch, jobId);
    },
    streams: (jobId) =>
      Promise.resolve(
        readLogIndex(batchDirectory)
          .filter((entry) => entry.jobId === jobId)
          .map(({ logStreamName }) => logStreamName),
      ),
    tail: async (stream, lines) => {
      const file = fileOf(stream);
      if (!existsSync(file)) return undefined;
      const all = (await readFile(file, "utf8")).split("\n");
      return (all.at(-1) === "" ? all.slice(0, -1) : all).slice(-lines);
    },
  };
}

/** Reads whole lines behind a place, which is a number of bytes. */
async function readOn(file: string, { place, last }: LogPlace): Promise<LogPage | undefined> {
  if (!existsSync(file)) return undefined;
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const tail = place === undefined && last !== undefined;
    const from = tail ? Math.max(0, size - READ_BYTES) : Number(place ?? 0);
    const bytes = Buffer.alloc(Math.max(0, Math.min(size - from, READ_BYTES)));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    // A line that is being written is read when it is whole; one that is longer than that comes in pieces.
    const whole = bytes.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
    const end = whole === 0 && bytesRead === READ_BYTES ? bytesRead : whole;
    const lines = end === 0 ? [] : bytes.toString("utf8", 0, end).replace(/\n$/u, "").split("\n");
    return {
      lines: (tail ? lines.slice(-last) : lines).map((text) => ({ text })),
      place: String(from + end),
    };
  } finally {
    await handle.close();
  }
}
