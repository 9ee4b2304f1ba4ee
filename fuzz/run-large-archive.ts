import { parseArgs } from "node:util";
import { saveCampaign } from "../scripts/campaigns/report";
import { minute, table } from "../scripts/campaigns/text";
import { readLargeArchive } from "./large-archive";

const { values } = parseArgs({
  options: {
    entries: { type: "string", default: "1000000" },
    save: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  if (values.help) {
    console.log(
      "npm run fuzz:large -- [--entries 1000000] [--save]\n\n" +
        "Reads a zip of very many entries, and refuses it with a name twice and with fewer entries allowed.\n" +
        "--save writes docs/campaigns.md.",
    );
    return;
  }
  const result = await readLargeArchive(Number(values.entries));
  console.log(JSON.stringify(result, undefined, 2));
  if (values.save)
    saveCampaign(
      "35-large-archive",
      [
        "## An archive of very many entries",
        `\`npm run fuzz:large -- --entries ${values.entries} --save\`, ${minute(new Date())}. ` +
          "A zip of small stored entries is read from a file by the worker's reader: the directory and everything that can be " +
          "told before the first write, then the content of every entry. The same archive is refused when its last name is " +
          "taken twice and when one entry fewer is allowed. The memory is that of the whole process, which makes the archive, " +
          "too; a directory is held as a whole, so it grows with the entries. Limits of a partner file keep it below the job's.",
        table(
          ["", ""],
          [
            ["entries", result.entries],
            ["bytes of the archive", result.archiveBytes],
            ["seconds to open", result.openSeconds],
            ["entries that came out right", result.good],
            ["seconds to take all out", result.unpackSeconds],
            ["peak memory, MiB", result.peakMib],
            ...result.refusals.map((refusal) => ["refused with", refusal]),
          ],
        ),
      ].join("\n\n"),
    );
  const refused = result.refusals.every((refusal) => refusal.includes("can not be unpacked"));
  process.exitCode = result.good === result.entries && refused ? 0 : 1;
}

void main();
