import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleAsWorker } from "../images/worker/bundle";
import { directoryRow } from "./support/directory-row";
import { measure, median, type Measured } from "./support/measure";
import { machine, saveSection, type Row } from "./support/report";
import { startS3Process } from "./support/s3-process";
import { writeZip, type ZipWorkload } from "./support/zip-workload";

const MIB = 1024 ** 2;
const MAX_PEAK_MIB = 256;
const WORKLOADS: readonly (ZipWorkload & { readonly promised: number })[] = [
  { name: "1,000 files of 1 MiB", files: 1000, bytes: MIB, promised: 2.5 },
  { name: "one file of 1 GiB", files: 1, bytes: 1024 * MIB, promised: 2 },
];

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "3" },
    save: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(
    "npm run bench:unpack -- [--pairs 3] [--save]\n\n" +
      "Unpacks the same zips with the worker, and with curl, unzip and awscli's `s3 cp` one after the other.\n" +
      "--save writes docs/performance.md.",
  );
  process.exit(0);
}

const directory = mkdtempSync(join(tmpdir(), "bench-unpack-"));

/** What people do by hand; each name is put in by the environment. */
const PEER = [
  "set -e",
  'mkdir "$WORK"; cd "$WORK"',
  'curl -sSf -o in.zip "$AWS_ENDPOINT_URL_S3/bench/in.zip"',
  "unzip -q in.zip -d out",
  'aws s3 cp --recursive --quiet out "s3://bench/$PREFIX"',
].join("\n");

async function upload(endpoint: string, file: string): Promise<number> {
  const body = readFileSync(file);
  const answer = await fetch(`${endpoint}/bench/in.zip`, { method: "PUT", body });
  if (!answer.ok) throw new Error(await answer.text());
  return body.length;
}

/** Between runs, so that the server's memory stays as it is. */
async function clear(endpoint: string, prefix: string, { files }: ZipWorkload): Promise<void> {
  for (let index = 0; index < files; index += 1)
    await fetch(`${endpoint}/bench/${prefix}d${String(index % 10)}/f${String(index)}.jsonl`, {
      method: "DELETE",
    });
}

function environment(endpoint: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: directory,
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "not-a-secret",
    AWS_REGION: "eu-west-1",
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ENDPOINT_URL_S3: endpoint,
    PARTNER_INGEST_UNSIGNED_LOOPBACK: "1",
    NODE_NO_WARNINGS: "1",
  };
}

async function compare(
  workload: (typeof WORKLOADS)[number],
  client: string,
  inflate: string,
): Promise<readonly Row[]> {
  const s3 = await startS3Process({});
  const runs: Record<"worker" | "peer" | "inflate", Measured[]> = {
    worker: [],
    peer: [],
    inflate: [],
  };
  const file = join(directory, "in.zip");
  const told = join(directory, "told.json");
  await writeZip(file, workload);
  const env = { ...environment(s3.endpoint), TOLD: told };
  let bytes = 0;
  try {
    bytes = await upload(s3.endpoint, file);
    for (let pair = 0; pair < Number(values.pairs); pair += 1) {
      const one = `worker${String(pair)}/`;
      const shell = ["-c", 'exec "$0" "$1" in.zip "$2" > "$TOLD"', process.execPath, client, one];
      runs.worker.push(await measure("sh", shell, env));
      await clear(s3.endpoint, one, workload);
      const other = `peer${String(pair)}/`;
      const work = join(directory, "work");
      runs.peer.push(await measure("sh", ["-c", PEER], { ...env, WORK: work, PREFIX: other }));
      rmSync(work, { recursive: true });
      await clear(s3.endpoint, other, workload);
      runs.inflate.push(await measure(process.execPath, [inflate, file], env));
    }
  } finally {
    await s3.close();
  }
  const ratioTo = (other: readonly Measured[]): number =>
    median(runs.worker.map(({ seconds }, pair) => (other[pair]?.seconds ?? NaN) / seconds));
  const ratio = ratioTo(runs.peer);
  const { requests } = JSON.parse(readFileSync(told, "utf8")) as { requests: number };
  const gets = requests - 1;
  const allowed = Math.floor(bytes / (8 * MIB)) + 5;
  const peak = Math.max(...runs.worker.map(({ peakMiB }) => peakMiB));
  const speed = (of: readonly Measured[]): string =>
    ((workload.files * workload.bytes) / MIB / median(of.map(({ seconds }) => seconds))).toFixed(0);
  const cpu = (of: readonly Measured[]): string =>
    median(of.map(({ cpuSeconds }) => cpuSeconds)).toFixed(1);
  const row = {
    work: `unpack ${workload.name}, HTTP, unsigned on loopback`,
    peer: "`curl`, `unzip`, `aws s3 cp`",
    found: `${ratio.toFixed(2)}x`,
    promised: `${String(workload.promised)}x, ${String(MAX_PEAK_MIB)} MiB, ${String(allowed)} GETs`,
    kept: ratio >= workload.promised && peak <= MAX_PEAK_MIB && gets <= allowed,
    details: `${speed(runs.worker)} to ${speed(runs.peer)} MiB/s unpacked; ${ratioTo(runs.inflate).toFixed(2)}x of inflating alone (${speed(runs.inflate)} MiB/s); processor time ${cpu(runs.worker)} s to ${cpu(runs.peer)} s; ${String(gets)} GETs for ${(bytes / MIB).toFixed(0)} MiB; peak ${peak.toFixed(0)} MiB, no disk`,
  };
  tell(row);
  return [row];
}

function tell(row: Row): void {
  console.log(`${row.work}: ${row.found} (${row.promised}) ${row.details}`);
}

async function main(): Promise<void> {
  const client = join(directory, "unpack-client.js");
  bundleAsWorker(join(__dirname, "support/unpack-client.ts"), client);
  const inflate = join(directory, "raw-inflate.js");
  bundleAsWorker(join(__dirname, "support/raw-inflate.ts"), inflate);
  writeFileSync(join(directory, "told.json"), "{}");
  const rows: Row[] = [];
  for (const workload of WORKLOADS) {
    rows.push(...(await compare(workload, client, inflate)));
    save(rows);
  }
  const wide = await directoryRow(directory, environment, Number(values.pairs));
  tell(wide);
  rows.push(wide);
  save(rows);
}

/** Also after each row: on a machine with other work the whole may take longer than there is time. */
function save(rows: readonly Row[]): void {
  if (values.save)
    saveSection("20-unpack", {
      title: "Unpack",
      command: `npm run bench:unpack -- --pairs ${values.pairs} --save`,
      at: new Date().toISOString(),
      machine: machine(),
      rows,
      notes: [
        "The peer needs disk for the archive and for everything in it; the worker needs none.",
        "Inflating alone is Node's zlib on one thread, from a file and to nowhere: no reading from S3, no checksum, no upload.",
        "Measured as archives above 64 MiB are unpacked, without `verifyFirst`: directory and headers are checked before the " +
          "first write, and each entry's checksum before its object appears. `verifyFirst`, which is on for smaller archives and " +
          "for stable keys, reads and inflates everything once more before the first write.",
      ],
    });
}

main()
  .finally(() => {
    rmSync(directory, { recursive: true, force: true });
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
