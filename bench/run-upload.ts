import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleAsWorker } from "../images/worker/bundle";
import { makeCertificate } from "./support/certificate";
import { measure, median, type Measured } from "./support/measure";
import { machine, saveSection, type Row } from "./support/report";
import { startS3Process } from "./support/s3-process";
import { WORKLOADS, writeWorkload, type Workload } from "./support/workloads";

/** What the worker must reach against `aws s3 cp`, by workload. */
const PROMISED = { https: [1.2, 1.8, 1.8], http: [1.7, 2.2, 2.4] } as const;
const MAX_PEAK_MIB = 256;

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "5" },
    scale: { type: "string", default: "1" },
    save: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(
    "npm run bench:upload -- [--pairs 5] [--scale 1] [--save]\n\n" +
      "Uploads the same files with the worker's uploader, with awscli's `s3 cp` and with a plain HTTP client.\n" +
      "--scale 0.1 makes large files smaller, for a quick look. --save writes docs/performance.md.",
  );
  process.exit(0);
}

type Client = "worker" | "awscli" | "raw";
const directory = mkdtempSync(join(tmpdir(), "bench-"));

function bundle(name: string): string {
  const outfile = join(directory, `${name}.js`);
  bundleAsWorker(join(__dirname, "support", `${name}.ts`), outfile);
  return outfile;
}

async function compare(
  scheme: "https" | "http",
  workload: Workload,
  promised: number,
  clients: Readonly<Record<Client, readonly string[]>>,
): Promise<Row> {
  const tls = scheme === "https" ? makeCertificate(directory) : undefined;
  const s3 = await startS3Process({ discardAbove: 0, ...(tls === undefined ? {} : { tls }) });
  const source = join(directory, "source");
  writeWorkload(source, workload);
  const env = {
    PATH: process.env["PATH"],
    HOME: directory,
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "not-a-secret",
    AWS_REGION: "eu-west-1",
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    NODE_NO_WARNINGS: "1",
    // Takes effect on 127.0.0.1 only.
    ...(tls === undefined
      ? { PARTNER_INGEST_UNSIGNED_LOOPBACK: "1" }
      : { NODE_EXTRA_CA_CERTS: tls.file, AWS_CA_BUNDLE: tls.file }),
  };
  const runs: Record<Client, Measured[]> = { worker: [], awscli: [], raw: [] };
  try {
    for (let pair = 0; pair < Number(values.pairs); pair += 1)
      for (const client of ["worker", "awscli", "raw"] as const) {
        const prefix = `${client}/${String(pair)}/`;
        const [file = "", ...args] = clients[client];
        const all = args.map((arg) => arg.replace("{source}", source).replace("{prefix}", prefix));
        runs[client].push(await measure(file, all, env));
      }
  } finally {
    await s3.close();
    rmSync(source, { recursive: true });
  }
  const ratioTo = (other: Client): number =>
    median(runs.worker.map(({ seconds }, pair) => (runs[other][pair]?.seconds ?? NaN) / seconds));
  const ratio = ratioTo("awscli");
  const peak = Math.max(...runs.worker.map(({ peakMiB }) => peakMiB));
  const rate = (workload.files * workload.bytes) / 1024 ** 2;
  const speed = (client: Client): string =>
    (rate / median(runs[client].map(({ seconds }) => seconds))).toFixed(0);
  const cpu = (client: Client): string =>
    median(runs[client].map(({ cpuSeconds }) => cpuSeconds)).toFixed(1);
  const row = {
    work: `upload ${workload.name} over ${scheme === "https" ? "TLS" : "HTTP, unsigned on loopback"}`,
    peer: "awscli `s3 cp`",
    found: `${ratio.toFixed(2)}x`,
    promised: `${String(promised)}x, 256 MiB`,
    kept: ratio >= promised && peak <= MAX_PEAK_MIB,
    details: `${speed("worker")} to ${speed("awscli")} MiB/s; ${ratioTo("raw").toFixed(2)}x of a plain HTTP client (${speed("raw")} MiB/s); processor time ${cpu("worker")} s to ${cpu("awscli")} s, plain ${cpu("raw")} s; peak ${peak.toFixed(0)} MiB`,
  };
  console.log(`${row.work}: ${row.found} (${row.promised}) ${row.details}`);
  return row;
}

async function main(): Promise<void> {
  const clients = {
    worker: [process.execPath, bundle("upload-client"), "{source}", "{prefix}"],
    awscli: ["aws", "s3", "cp", "--recursive", "--quiet", "{source}", "s3://bench/{prefix}"],
    raw: [process.execPath, bundle("raw-client"), "{source}", "{prefix}"],
  };
  const rows: Row[] = [];
  for (const scheme of ["https", "http"] as const)
    for (const [index, workload] of WORKLOADS.entries()) {
      const scale = index === 0 ? Number(values.scale) : 1;
      const scaled = { ...workload, bytes: Math.round(workload.bytes * scale) };
      rows.push(await compare(scheme, scaled, PROMISED[scheme][index] ?? 1, clients));
      save(rows);
    }
}

/** Also after each row: on a machine with other work the whole may take longer than there is time. */
function save(rows: readonly Row[]): void {
  if (values.save)
    saveSection("10-upload", {
      title: "Upload",
      command: `npm run bench:upload -- --pairs ${values.pairs} --scale ${values.scale} --save`,
      at: new Date().toISOString(),
      machine: machine(),
      rows,
      notes: [
        "The HTTP rows use `PARTNER_INGEST_UNSIGNED_LOOPBACK=1`, which lets the worker leave the SHA-256 of bodies out of " +
          "the signature as it does over TLS; it has no effect on addresses other than loopback.",
        ...(Number(values.scale) === 1
          ? []
          : [`The large files were ${values.scale} of their named size.`]),
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
