import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** One run of a program. */
export interface Measured {
  readonly seconds: number;
  /** Largest resident size of the process itself. */
  readonly peakMiB: number;
  /** Processor time of the process and of its children, but for its last moments. */
  readonly cpuSeconds: number;
}

const LOOK_MS = 20;

/** Runs a program from start to end, start-up included, and watches its memory. */
export async function measure(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Measured> {
  const began = performance.now();
  const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => output.push(piece));
  child.stderr.on("data", (piece: Buffer) => output.push(piece));
  let peak = 0;
  let cpu = 0;
  const look = setInterval(() => {
    peak = Math.max(peak, highWater(child.pid));
    cpu = Math.max(cpu, processorTime(child.pid));
  }, LOOK_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  clearInterval(look);
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0)
    throw new Error(
      `${file} ${args.join(" ")} ended with ${String(code)}: ${Buffer.concat(output).toString("utf8").slice(-2000)}`,
    );
  return { seconds, peakMiB: peak, cpuSeconds: cpu };
}

/** Linux keeps the highest resident size of a process; it can be read while the process is there. */
function highWater(pid: number | undefined): number {
  try {
    const found = /VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
    return Number(found?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Linux counts in hundredths of a second, also what children that have ended took. */
function processorTime(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
  } catch {
    return 0;
  }
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(half)] ?? NaN)
    : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}
