import { writeFileSync } from "node:fs";
import path from "node:path";
import { bundleWorker } from "../../../images/worker/bundle";
import { AwsError } from "../../../local/http/aws-error";
import {
  type LocalCloud,
  type StandIns,
  startLocalCloud,
  startStandIns,
  tryPaths,
} from "../../../local/try";
import { definePartner, s3Object } from "../../../modules";
import { synthesize } from "../../../modules/app";
import { stepPrefix } from "../../../modules/contract";
import { parseKey } from "../../../modules/ledger";
import { buildZip } from "../../images/worker/archive/zip-builder";
import { projectIn, temporary, until } from "./setup";

// A partner whose small archives a function unpacks: the real trigger, function, worker and platform functions.

const partner = definePartner({
  id: "results",
  owner: "team@example.com",
  source: { company: "Vendor" },
  triggers: { dropped: s3Object({ bucket: "landing", suffix: ".zip" }) },
  compute: { pool: "general" },
  steps: { unpack: { kind: "unpack", files: "{orderId}/", lambda: { upToMib: 1 } } },
  staging: { kind: "scratch" },
});

const place = temporary();
let cloud: LocalCloud;
let standIns: StandIns;
/** Orders whose function Lambda does not take. */
let throttled = false;

beforeAll(async () => {
  const project = { ...projectIn(place.directory), partners: [partner] };
  const stacks = await synthesize(project, {
    outdir: path.join(place.directory, "terraform"),
    environments: ["local"],
  });
  const paths = tryPaths(place.directory, "local", partner.id);
  bundleWorker(paths.worker);
  // What is silent for so long is over.
  const later = path.join(place.directory, "later.cjs");
  writeFileSync(
    later,
    `const Real = Date, now = () => Real.now() + 600_000;
     globalThis.Date = class extends Real { constructor(...a) { if (a.length === 0) super(now()); else super(...a); } static now() { return now(); } };`,
  );
  standIns = await startStandIns(["worker"], paths.images, () => undefined);
  cloud = await startLocalCloud({
    stackDirectory: stacks.find(({ owner }) => owner === partner.id)?.directory ?? "",
    paths,
    standIns,
    platformEnvironment: { reconcile: { NODE_OPTIONS: `--require ${later}` } },
    lambdaHooks: {
      before: ({ input }) => {
        if (throttled && (input as { name: string }).name.endsWith("--unpack"))
          throw new AwsError("TooManyRequestsException", "Rate Exceeded.", 429);
      },
    },
  });
});

afterAll(async () => {
  await cloud.close();
  await standIns.close();
  place.remove();
});

async function drop(order: string, zip: Buffer): Promise<void> {
  const bucket = cloud.spec.triggers.flatMap((one) => (one.kind === "s3" ? [one.bucket] : []))[0];
  const url = `${cloud.s3.endpoint}/${bucket ?? ""}/${order}.zip`;
  const answer = await fetch(url, { method: "PUT", body: new Uint8Array(zip) });
  expect(answer.status).toBe(200);
}

const zipOf = (text: string, bytes = 10): Buffer =>
  buildZip([
    { name: "a.txt", content: Buffer.from(text) },
    { name: "b.bin", content: Buffer.alloc(bytes, text), method: 0 },
  ]);

interface Seen {
  /** Facts of the step: generation and name, those of the worker left out. */
  readonly facts: readonly string[];
  /** Queue and status of each job of the order. */
  readonly jobs: readonly string[];
  readonly files: readonly string[];
  readonly told: boolean;
}

async function seen(order: string): Promise<Seen> {
  await cloud.idle();
  const { ledgerBucket } = cloud.spec;
  const claim = cloud.s3
    .keys(ledgerBucket, `${partner.id}/runs/${order}-`)
    .find((key) => key.endsWith("/claim.json"));
  const parsed = parseKey(claim ?? "");
  if (parsed?.kind !== "claim") throw new Error(`${order} was not claimed`);
  const { run } = parsed;
  const prefix = stepPrefix({ ...run, step: "unpack", generation: 1 }).slice(0, -"1/".length);
  const target = cloud.declared.buckets.find(({ name }) => name.includes("--processed--"));
  return {
    facts: cloud.s3
      .keys(ledgerBucket, prefix)
      .map((key) => key.slice(prefix.length))
      .filter((name) => name.includes("/function.") && !name.endsWith(".report.json")),
    jobs: cloud.batch.batch
      .jobs()
      .filter(({ jobName }) => jobName?.includes(run.orderKey))
      .map(({ jobQueue, jobName, status }) =>
        [jobQueue?.split("--").pop(), jobName?.split("--").pop(), status].join(" "),
      ),
    files: cloud.s3.keys(target?.name ?? "", `${order}/`),
    told: cloud.s3
      .keys(ledgerBucket, `${partner.id}/days/`)
      .some((key) => key.includes(run.orderKey) && key.endsWith(".told.json")),
  };
}

const files = (order: string): string[] => [`${order}/a.txt`, `${order}/b.bin`];

test("a small archive is unpacked without a job, and its end is told", async () => {
  await drop("small", zipOf("small"));
  expect(await seen("small")).toEqual({
    facts: ["1/function.RUNNING.json", "1/function.SUCCEEDED.json"],
    jobs: [],
    files: files("small"),
    told: true,
  });
});

test("a larger one is Batch's from the beginning", async () => {
  await drop("large", zipOf("large", 2 * 1024 ** 2));
  const { facts, jobs, files: written } = await seen("large");
  expect({ facts, jobs, written }).toEqual({
    facts: [],
    jobs: ["general-standard g1 SUCCEEDED"],
    written: files("large"),
  });
});

test("one that does not hold fails once, by its class, and nobody tries it again", async () => {
  await drop("broken", buildZip([{ name: "a.txt", crc: 1, local: { crc: 1 } }]));
  expect(await seen("broken")).toEqual({
    facts: ["1/function.FAILED.json", "1/function.RUNNING.json"],
    jobs: [],
    files: [],
    told: true,
  });
  expect(cloud.platform?.told().join("\n")).toContain("what was delivered does not hold");
});

test("what Lambda does not take is Batch's at once", async () => {
  throttled = true;
  await drop("throttled", zipOf("throttled"));
  const found = await seen("throttled");
  throttled = false;
  expect(found).toEqual({
    facts: ["1/function.FAILED.json"],
    jobs: ["general-standard g2 SUCCEEDED"],
    files: files("throttled"),
    told: true,
  });
});

test("a function that is killed tells nothing: the reconciler gives its step to Batch", async () => {
  const ofFunction = (): ReturnType<LocalCloud["lambda"]["lambda"]["running"]> =>
    cloud.lambda.lambda.running().filter(({ functionName }) => functionName.endsWith("--unpack"));
  await drop("killed", zipOf("killed"));
  await until(() => ofFunction().length > 0);
  for (const { kill } of ofFunction()) kill();
  const { jobs, files: written, facts, told } = await seen("killed");
  expect({ jobs, written, told }).toEqual({
    jobs: ["general-standard g2 SUCCEEDED"],
    written: files("killed"),
    told: true,
  });
  expect(facts).toContain("1/function.FAILED.json");
});
