import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { readLogIndex } from "../../local/batch";
import { type LogSource } from "./log-source";

/** The output of jobs on this machine: a file each. */
export function localLogs(batchDirectory: string): LogSource {
  return {
    streams: (jobId) =>
      Promise.resolve(
        readLogIndex(batchDirectory)
          .filter((entry) => entry.jobId === jobId)
          .map(({ logStreamName }) => logStreamName),
      ),
    tail: async (stream, lines) => {
      const file = path.join(batchDirectory, "logs", `${stream}.log`);
      if (!existsSync(file)) return undefined;
      const all = (await readFile(file, "utf8")).split("\n");
      return (all.at(-1) === "" ? all.slice(0, -1) : all).slice(-lines);
    },
  };
}
