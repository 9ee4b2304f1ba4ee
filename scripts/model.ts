import { parseArgs } from "node:util";
import { playHistory, tapeOf } from "../__tests__/functions/model/history";

/** Plays numbered histories of the model of runs and tells what they came to; fails on the first fault. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { runs: { type: "string", default: "10000" }, from: { type: "string", default: "1" } },
  });
  const runs = Number(values.runs);
  const from = Number(values.from);
  if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(from) || from < 1) {
    process.stderr.write("--runs and --from must be whole numbers of at least 1\n");
    return 64;
  }
  const sums = { delivered: 0, failed: 0, never: 0, escalations: 0, delayed: 0 };
  let broken = 0;
  for (let seed = from; seed < from + runs; seed++) {
    const { faults, ...counts } = await playHistory(tapeOf(seed));
    for (const [name, count] of Object.entries(counts)) sums[name as keyof typeof sums] += count;
    if (faults.length > 0) broken += 1;
    for (const fault of faults) process.stderr.write(`history ${String(seed)}: ${fault}\n`);
    if ((seed - from + 1) % 500 === 0)
      process.stderr.write(`${String(seed - from + 1)} of ${String(runs)} histories\n`);
  }
  process.stdout.write(`${JSON.stringify({ from, histories: runs, broken, ...sums })}\n`);
  return broken === 0 ? 0 : 1;
}

void main().then((code) => {
  process.exitCode = code;
});
