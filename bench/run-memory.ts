import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleAsWorker } from "../images/worker/bundle";
import { measure } from "./support/measure";
import { machine, saveSection, type Row } from "./support/report";
import { startS3Process } from "./support/s3-process";

const GIB = 1024 ** 3;
const MAX_PEAK_MIB = 256;
/** Manifests and listings are read again, content is not. */
const KEPT_BYTES = 4 * 1024 * 1024;

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
        "Uploads a sparse file, and unpacks a zip of stored files of 1 GiB that is made while it is read, into an S3 that\n" +
        "keeps nothing.\n" +
        "--save writes docs/performance.md.",
    );
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), "bench-memory-"));
  const s3 = await startS3Process({ discardAbove: KEPT_BYTES });
  const env = {
    PATH: process.env["PATH"],
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "not-a-secret",
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    PARTNER_INGEST_UNSIGNED_LOOPBACK: "1",
    NODE_NO_WARNINGS: "1",
  };
  const row = async (work: string, name: string, args: readonly string[]): Promise<Row> => {
    const client = join(directory, `${name}.js`);
    bundleAsWorker(join(__dirname, "support", `${name}.ts`), client);
    const { seconds, peakMiB } = await measure(process.execPath, [client, ...args], env);
    const found = {
      work,
      peer: "-",
      found: `${peakMiB.toFixed(0)} MiB`,
      promised: `${String(MAX_PEAK_MIB)} MiB`,
      kept: peakMiB <= MAX_PEAK_MIB,
      details: `in ${seconds.toFixed(0)} s`,
    };
    console.log(`${work}: peak ${found.found} (${found.promised}) ${found.details}`);
    return found;
  };
  try {
    const source = join(directory, "source");
    mkdirSync(source);
    const file = join(source, "large.bin");
    writeFileSync(file, "");
    // Sparse: its blocks are zeros that take no room, and are read, summed and sent like any others.
    truncateSync(file, Number(values.gib) * GIB);
    const rows = [
      await row(`upload one file of ${values.gib} GiB`, "upload-client", [source, "up/"]),
      await row(`unpack a zip of ${values.gib} GiB, files of 1 GiB`, "memory-client", [
        values.gib,
        "1024",
      ]),
    ];
    if (values.save)
      saveSection("30-memory", {
        title: "Memory",
        command: `npm run bench:memory -- --gib ${values.gib} --save`,
        at: new Date().toISOString(),
        machine: machine(),
        rows,
        notes: [
          "The file is sparse. The zip is made while it is read, stored and with zip64. S3 checks every part of both.",
        ],
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
