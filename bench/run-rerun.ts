import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { bundleWorker } from "../images/worker/bundle";
import type { StepSettings } from "../modules/contract";
import { measure, median, type Measured } from "./support/measure";
import { machine, saveSection, type Row } from "./support/report";
import { startS3Process } from "./support/s3-process";
import { WorkerRun } from "./support/worker-step";
import { writeWorkload } from "./support/workloads";

/** A re-run must take less than this part of the first run. */
const MAX_SHARE = 0.1;
const MAX_PEAK_MIB = 256;
const BYTES = 16 * 1024;

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "3" },
    files: { type: "string", default: "10000" },
    save: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(
    "npm run bench:rerun -- [--pairs 3] [--files 10000] [--save]\n\n" +
      "Publishes an order of many small files with the worker itself, and then the same order again.\n" +
      "--save writes docs/performance.md.",
  );
  process.exit(0);
}

const FETCH: StepSettings = {
  kind: "fetch",
  program: ["/opt/nothing"],
  noProgressSeconds: 60,
  tryLaterCodes: [],
};
const PUBLISH: StepSettings = {
  kind: "publish",
  bucket: "bench",
  prefix: "in/",
  checksumFiles: [],
  minFiles: 1,
};

interface Pair {
  readonly first: Measured;
  readonly again: Measured;
}

async function onePair(directory: string, bundle: string): Promise<Pair> {
  const s3 = await startS3Process({});
  const root = mkdtempSync(join(directory, "root-"));
  const run = new WorkerRun(root, {
    PATH: process.env["PATH"],
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "not-a-secret",
    AWS_REGION: "eu-west-1",
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    NODE_NO_WARNINGS: "1",
  });
  try {
    const program = join(root, "opt/nothing");
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(program, "#!/bin/sh\n");
    chmodSync(program, 0o755);
    writeWorkload(run.files, { name: "", files: Number(values.files), bytes: BYTES });
    const step = (settings: StepSettings, attempt: number): Promise<Measured> =>
      measure(process.execPath, [bundle, settings.kind], run.environment(settings, attempt));
    await step(FETCH, 1);
    return { first: await step(PUBLISH, 1), again: await step(PUBLISH, 2) };
  } finally {
    await s3.close();
    rmSync(root, { recursive: true });
  }
}

async function main(directory: string): Promise<void> {
  const bundle = join(directory, "worker.js");
  bundleWorker(bundle);
  const pairs: Pair[] = [];
  for (let pair = 0; pair < Number(values.pairs); pair += 1) {
    pairs.push(await onePair(directory, bundle));
    console.log(`pair ${String(pair + 1)} of ${values.pairs}`);
  }
  const share = median(pairs.map(({ first, again }) => again.seconds / first.seconds));
  const peak = Math.max(...pairs.flatMap(({ first, again }) => [first.peakMiB, again.peakMiB]));
  const seconds = (which: keyof Pair): string =>
    median(pairs.map((pair) => pair[which].seconds)).toFixed(2);
  const row: Row = {
    work: `re-run of a delivered order of ${Number(values.files).toLocaleString("en")} files`,
    peer: "its first run",
    found: `${(share * 100).toFixed(1)} %`,
    promised: "under 10 % of the time, 256 MiB",
    kept: share < MAX_SHARE && peak <= MAX_PEAK_MIB,
    details: `${seconds("again")} s to ${seconds("first")} s; peak ${peak.toFixed(0)} MiB`,
  };
  console.log(`${row.work}: ${row.found} (${row.promised}) ${row.details}`);
  if (values.save)
    saveSection("15-rerun", {
      title: "Re-run of a delivered order",
      command: `npm run bench:rerun -- --pairs ${values.pairs} --files ${values.files} --save`,
      at: new Date().toISOString(),
      machine: machine(),
      rows: [row],
      notes: [
        "Files of 16 KiB. Both are whole processes of the worker's own bundle, verb `publish`, HTTP with signed bodies. " +
          "The re-run compares a listing with the manifest and uploads nothing, which a test counts request by request.",
      ],
    });
}

const directory = mkdtempSync(join(tmpdir(), "bench-"));
main(directory)
  .finally(() => {
    rmSync(directory, { recursive: true, force: true });
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
