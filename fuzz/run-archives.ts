import { parseArgs } from "node:util";
import { saveCampaign } from "../scripts/campaigns/report";
import { fuzzArchives } from "./archive-fuzz";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    save: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  if (values.help) {
    console.log(
      "npm run fuzz:archives -- [--runs 100000] [--seed 1] [--save]\n\n" +
        "Unpacks damaged zips and tars. Each must be refused, or unpack to the bytes that its lists tell.\n" +
        "--save writes docs/campaigns.md.",
    );
    return;
  }
  const runs = Number(values.runs);
  const result = await fuzzArchives(runs, Number(values.seed), (done) => {
    if (done % 10_000 === 0) console.error(`${String(done)} of ${String(runs)}`);
  });
  console.log(JSON.stringify(result, undefined, 2));
  if (values.save)
    saveCampaign(
      "30-archives",
      [
        "## Damaged archives",
        `\`npm run fuzz:archives -- --runs ${values.runs} --seed ${values.seed} --save\`, ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC. ` +
          "Zips and tars are cut off, changed and put together anew at random. Each must be refused with a reason, or unpack " +
          "to the very bytes that its lists tell; nothing may hang, crash or leave the target's prefix.",
        [
          "| | |",
          "| --- | --- |",
          `| archives | ${String(result.runs)} |`,
          `| refused | ${String(result.refused)} |`,
          `| unpacked to the bytes that their lists tell | ${String(result.unpacked)} |`,
          `| faults found | ${String(result.failures.length)} |`,
        ].join("\n"),
      ].join("\n\n"),
    );
  process.exitCode = result.failures.length > 0 ? 1 : 0;
}

void main();
