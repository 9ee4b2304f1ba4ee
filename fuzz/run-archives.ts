import { parseArgs } from "node:util";
import { fuzzArchives } from "./archive-fuzz";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  if (values.help) {
    console.log(
      "npm run fuzz:archives -- [--runs 100000] [--seed 1]\n\n" +
        "Unpacks damaged zips and tars. Each must be refused, or unpack to the bytes that its lists tell.",
    );
    return;
  }
  const runs = Number(values.runs);
  const result = await fuzzArchives(runs, Number(values.seed), (done) => {
    if (done % 10_000 === 0) console.error(`${String(done)} of ${String(runs)}`);
  });
  console.log(JSON.stringify(result, undefined, 2));
  process.exitCode = result.failures.length > 0 ? 1 : 0;
}

void main();
