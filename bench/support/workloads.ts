import { mkdirSync, openSync, closeSync, writeSync } from "node:fs";
import { join } from "node:path";

const MIB = 1024 * 1024;

/** Files of one size. */
export interface Workload {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
}

/** What is uploaded; sizes are those of record labels' masters, of pictures, and of data sheets. */
export const WORKLOADS: readonly Workload[] = [
  { name: "2 x 1 GiB", files: 2, bytes: 1024 * MIB },
  { name: "200 x 1 MiB", files: 200, bytes: MIB },
  { name: "2,000 x 64 KiB", files: 2000, bytes: 64 * 1024 },
];

/** Writes a workload's files; each begins differently, so that no two are equal. */
export function writeWorkload(directory: string, workload: Workload): void {
  mkdirSync(directory, { recursive: true });
  const block = Buffer.alloc(Math.min(MIB, workload.bytes));
  for (let at = 0; at < block.length; at += 4) block.writeUInt32LE((at * 2654435761) >>> 0, at);
  for (let index = 0; index < workload.files; index += 1) {
    const file = openSync(join(directory, `file-${String(index).padStart(5, "0")}.bin`), "w");
    block.writeUInt32LE(index, 0);
    for (let done = 0; done < workload.bytes; done += block.length) writeSync(file, block);
    closeSync(file);
  }
}
