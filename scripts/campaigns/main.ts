import { parseArgs } from "node:util";
import { faultCampaign } from "./faults";
import { killCampaign } from "./kill";
import { programCampaign } from "./programs";
import { faultText, killText, programText, saveCampaign } from "./report";

const HELP = `npm run campaign:kill -- [--runs 200] [--seed 1] [--save]
npm run campaign:faults -- [--orders 8] [--seed 1] [--save]
npm run campaign:programs -- [--bytes 1073741824] [--save]

Kills workers, lets S3 or the partner's program go wrong, and looks at what is published and left. --save writes docs/campaigns.md.
Ends with 1 when anything is wrong.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: "string", default: "200" },
      bytes: { type: "string", default: String(1024 ** 3) },
      orders: { type: "string", default: "8" },
      seed: { type: "string", default: "1" },
      save: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const tell = (line: string): void => {
    console.log(line);
  };
  const seed = Number(values.seed);
  if (values.help) {
    tell(HELP);
    return 0;
  }
  if (positionals[0] === "kill") {
    const result = await killCampaign(Number(values.runs), seed, tell);
    const command = `npm run campaign:kill -- --runs ${values.runs} --seed ${values.seed} --save`;
    const text = killText(result, command, new Date());
    tell(text);
    if (values.save) saveCampaign("10-kill", text);
    return result.faults.length === 0 ? 0 : 1;
  }
  if (positionals[0] === "faults") {
    const rows = await faultCampaign(Number(values.orders), seed, tell);
    const command = `npm run campaign:faults -- --orders ${values.orders} --seed ${values.seed} --save`;
    const text = faultText(rows, command, new Date());
    tell(text);
    if (values.save) saveCampaign("20-faults", text);
    return rows.every(({ wrong, nameless }) => wrong.length + nameless.length === 0) ? 0 : 1;
  }
  if (positionals[0] === "programs") {
    const rows = await programCampaign(Number(values.bytes), tell);
    const command = `npm run campaign:programs -- --bytes ${values.bytes} --save`;
    const text = programText(rows, command, new Date());
    tell(text);
    if (values.save) saveCampaign("40-programs", text);
    return rows.every(({ faults }) => faults.length === 0) ? 0 : 1;
  }
  console.error(HELP);
  return 2;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
