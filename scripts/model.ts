import { parseArgs } from "node:util";
import { saveCampaign } from "./campaigns/report";
import { playCampaign } from "./campaigns/runs";
import { runsText } from "./campaigns/runs-text";

const HELP = `npm run model -- [--runs 10000] [--from 1] [--hunt 3000] [--workers 1] [--save]

Plays numbered histories of the model of runs, then histories in which each call of each function goes wrong in turn,
then as many histories as it takes to find each of the faults that are put into the functions on purpose, at most
--hunt; --workers processes share the work. --save writes docs/campaigns.md. Ends with 1 when a history is broken or a fault is not found.`;

/** A whole number of at least `least`. */
function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least)
    throw new Error(
      `--${name} must be a whole number of at least ${String(least)}, got ${JSON.stringify(text)}`,
    );
  return number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "10000" },
      from: { type: "string", default: "1" },
      hunt: { type: "string", default: "3000" },
      workers: { type: "string", default: "1" },
      save: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const result = await playCampaign(
    {
      runs: whole("runs", values.runs, 1),
      from: whole("from", values.from, 1),
      hunt: whole("hunt", values.hunt, 0),
      workers: whole("workers", values.workers, 1),
    },
    (line) => process.stderr.write(`${line}\n`),
  );
  const command = `npm run model -- --runs ${values.runs} --from ${values.from} --hunt ${values.hunt} --save`;
  const text = runsText(result, command, new Date());
  process.stdout.write(`${text}\n`);
  if (values.save) saveCampaign("30-runs", text);
  const missed = result.hunted.filter(({ caughtBy }) => caughtBy === undefined);
  return result.faults.length === 0 && missed.length === 0 ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
