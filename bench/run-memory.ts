import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleAsWorker } from "../images/worker/bundle";
import { measure } from "./support/measure";
import { machine, saveSection } from "./support/report";
import { startS3Process } from "./support/s3-process";

const MAX_PEAK_MIB = 256;

const { values } = parseArgs({
  options: {
    gib: { type: "string", default: "20" },
    save: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  if (values.help) {
    console.log(
      "npm run bench:memory -- [--gib 20] [--save]\n\n" +
        "Unpacks a zip of stored files of 1 GiB, made while it is read, into an S3 that keeps nothing.\n" +
        "--save writes docs/performance.md.",
    );
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), "bench-memory-"));
  const client = join(directory, "memory-client.js");
  bundleAsWorker(join(__dirname, "support/memory-client.ts"), client);
  const s3 = await startS3Process({ discard: true });
  try {
    const { seconds, peakMiB } = await measure(process.execPath, [client, values.gib, "1024"], {
      PATH: process.env["PATH"],
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "not-a-secret",
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      PARTNER_INGEST_UNSIGNED_LOOPBACK: "1",
      NODE_NO_WARNINGS: "1",
    });
    const row = {
      work: `unpack a zip of ${values.gib} GiB, files of 1 GiB`,
      peer: "-",
      found: `${peakMiB.toFixed(0)} MiB`,
      promised: `${String(MAX_PEAK_MIB)} MiB`,
      kept: peakMiB <= MAX_PEAK_MIB,
      details: `in ${seconds.toFixed(0)} s`,
    };
    console.log(`${row.work}: peak ${row.found} (${row.promised}) ${row.details}`);
    if (values.save)
      saveSection("30-memory", {
        title: "Memory",
        command: `npm run bench:memory -- --gib ${values.gib} --save`,
        at: new Date().toISOString(),
        machine: machine(),
        rows: [row],
        notes: ["The zip is made while it is read, stored and with zip64; S3 checks every part."],
      });
  } finally {
    await s3.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
