import { crc32Of, crc32Text } from "../../../images/worker/src/upload/crc32";
import {
  dayKey,
  fileKey,
  manifestKey,
  stepReportKey,
  type Manifest,
  type StepReport,
  type StepSettings,
} from "../../../modules/contract";
import { LANDING, LEDGER, startTestS3, type TestS3 } from "../support/test-s3";
import { DAY, FETCH, PUBLISH, TestRun, WorkerBench } from "../support/worker-process";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});
let s3: TestS3;
let run: TestRun;
beforeEach(async () => {
  s3 = await startTestS3();
  run = new TestRun(bench, s3);
  await delivered();
});
afterEach(() => s3.close());

const DELIVER = { ...PUBLISH, ...FETCH, kind: "deliver" } as const satisfies StepSettings;
const UNPACK = {
  kind: "unpack",
  bucket: LANDING,
  prefix: "in/",
  files: "",
  ifTaken: "fail",
  nameEncoding: "auto",
  caseInsensitive: false,
  minFiles: 1,
  verifyFirst: false,
  maxEntries: 10,
  maxEntryBytes: 1000,
  maxTotalBytes: 1000,
  maxRatio: 100,
} as const satisfies StepSettings;
const MERGE = {
  kind: "merge",
  bucket: LANDING,
  prefix: "in/",
  minFiles: 1,
} as const satisfies StepSettings;

const VERBS: readonly StepSettings[] = [PUBLISH, DELIVER, UNPACK, MERGE];

const sum = (text: string): string => crc32Text(crc32Of(Buffer.from(text)));

/** What the first attempt delivered: as every step that delivers leaves it. */
async function delivered(): Promise<void> {
  const files = ["a", "b", "c"].map((path) => {
    const body = `content of ${path}`;
    const key = fileKey("in/", run.ref, path);
    return { path, key, size: body.length, crc32: sum(body), etag: "e", contentType: "text/plain" };
  });
  for (const { path, key } of files) await s3.put(LANDING, key, `content of ${path}`);
  const manifest: Manifest = {
    schemaVersion: 1,
    ...run.ref,
    orderId: run.orderId,
    source: { kind: "manual", orderId: run.orderId },
    bucket: LANDING,
    files,
    totals: { files: 3, bytes: 36 },
    publishedAt: `${DAY}T00:00:00.000Z`,
  };
  await s3.put(LANDING, manifestKey("in/", run.ref), JSON.stringify(manifest));
}

/** The step of a later attempt that verifies the first one. */
async function verify(
  settings: StepSettings,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly outcome: string | undefined; readonly report: StepReport }> {
  const { outcome } = await run.start(settings, {
    PARTNER_INGEST_ATTEMPT: "2",
    PARTNER_INGEST_VERIFIES_ATTEMPT: "1",
    PARTNER_INGEST_STAGING_ATTEMPT: "1",
    AWS_BATCH_JOB_ATTEMPT: "1",
    ...environment,
  }).ended;
  const attempt = Number(environment["PARTNER_INGEST_ATTEMPT"] ?? 2);
  const ref = { ...run.ref, attempt, step: settings.kind, generation: 1 };
  const key = stepReportKey(ref, `job-${settings.kind}`, 1);
  return { outcome, report: JSON.parse(await s3.text(LEDGER, key)) as StepReport };
}

test.each(VERBS)(
  "$kind compares what was delivered, and writes nothing there",
  async (settings) => {
    const { outcome, report } = await verify(settings);
    expect(report.message).toBeUndefined();
    expect(outcome).toBe("ok");
    expect(report.counts).toEqual({
      files: 3,
      bytes: 36,
      verified: 3,
      verifiedByReading: 0,
      verifiedAttempt: 1,
    });
    const toLanding = s3.requests.filter(({ bucket }) => bucket === LANDING);
    expect([...new Set(toLanding.map(({ method }) => method))].sort()).toEqual(["GET", "HEAD"]);
    const fact = await s3.text(LEDGER, dayKey(DAY, { ...run.ref, attempt: 2 }, "delivered"));
    expect(JSON.parse(fact)).toMatchObject({ manifest: manifestKey("in/", run.ref), files: 3 });
  },
);

test.each(VERBS)("$kind names an object whose bytes were changed", async (settings) => {
  const key = fileKey("in/", run.ref, "b");
  await s3.put(LANDING, key, "CONTENT OF b");
  const { outcome, report } = await verify(settings);
  expect(outcome).toBe("conflict");
  expect(report.message).toBe(
    `the bucket "landing" does not hold what the manifest says: "${key}" has 12 bytes with CRC-32 ${sum("CONTENT OF b")}, ` +
      `expected 12 with ${sum("content of b")}; ` +
      "something other than the worker writes there: find it, then start a new attempt of the order",
  );
  expect(s3.has(LEDGER, dayKey(DAY, { ...run.ref, attempt: 2 }, "delivered"))).toBe(false);
});

test("a new attempt that does not verify looks at no delivery but its own", async () => {
  await s3.put(LANDING, fileKey("in/", run.ref, "b"), "CONTENT OF b");
  run.program(
    'require("node:fs").writeFileSync(process.argv[process.argv.indexOf("--into") + 1] + "/b", "content of b")',
  );
  const environment = { PARTNER_INGEST_ATTEMPT: "2" };
  expect((await run.start(DELIVER, environment).ended).outcome).toBe("ok");
  expect(await s3.text(LANDING, fileKey("in/", { ...run.ref, attempt: 2 }, "b"))).toBe(
    "content of b",
  );
});

test("what lies beside the files of the manifest is named", async () => {
  const stray = fileKey("in/", run.ref, "stray");
  await s3.put(LANDING, stray, "x");
  expect((await verify(PUBLISH)).report.message).toBe(
    `the bucket "landing" holds what the manifest does not name: "${stray}"; ` +
      "something other than the worker writes there: find it, then do the order again without --verify",
  );
  // Children of an array that were killed may have left it.
  expect((await verify(MERGE)).outcome).toBe("ok");
});

test("a stable key that holds the delivery is compared, too", async () => {
  const settings = {
    ...MERGE,
    stable: [
      { key: "current/a", file: "a" },
      { key: "current/b", file: "b" },
    ],
  };
  await s3.put(LANDING, "current/a", "content of a", "CRC32", {
    "partner-ingest-order": `${run.orderKey}/1`,
  });
  // A newer delivery is there: whether that is whole its own attempt tells.
  await s3.put(LANDING, "current/b", "newer", "CRC32", { "partner-ingest-order": "newer/1" });
  const { report } = await verify(settings);
  expect(report.counts).toMatchObject({ files: 3, verified: 4, stableKeys: 1, newerThere: 1 });
  await s3.put(LANDING, "current/a", "CONTENT OF a", "CRC32", {
    "partner-ingest-order": `${run.orderKey}/1`,
  });
  await s3.remove(LANDING, "current/b");
  const broken = await verify(settings, { PARTNER_INGEST_ATTEMPT: "3" });
  expect(broken.report.message).toBe(
    `the bucket "landing" does not hold what the manifest says: "current/a" has 12 bytes with CRC-32 ${sum("CONTENT OF a")}, ` +
      `expected 12 with ${sum("content of a")}; "current/b" is missing; ` +
      "something other than the worker writes there: find it, then start a new attempt of the order",
  );
});

test("a delivery that is gone is told", async () => {
  const key = manifestKey("in/", run.ref);
  await s3.remove(LANDING, key);
  const { outcome, report } = await verify(PUBLISH);
  expect(outcome).toBe("conflict");
  expect(report.message).toBe(
    `there is no manifest "${key}" in the bucket "landing": what was delivered has been removed, or the step delivers to another place now; do the order again without --verify`,
  );
});

test("a step that the verified attempt did not do again is looked for where it was done", async () => {
  const { report } = await verify(PUBLISH, {
    PARTNER_INGEST_ATTEMPT: "4",
    PARTNER_INGEST_VERIFIES_ATTEMPT: "3",
  });
  expect(report.counts).toMatchObject({ verified: 3, verifiedAttempt: 1 });
});

test("what a later order wrote to shared keys is counted", async () => {
  const { report } = await verify({ ...UNPACK, files: "albums/{orderId}/" });
  // The manifest of this test tells no etag that any object has.
  expect(report.counts).toMatchObject({ verified: 0, replacedSince: 3 });
});

test("what is gone of shared keys is named: no order removes it", async () => {
  const key = fileKey("in/", run.ref, "b");
  await s3.remove(LANDING, key);
  const { outcome, report } = await verify({ ...UNPACK, files: "albums/{orderId}/" });
  expect(outcome).toBe("conflict");
  expect(report.message).toContain(
    `the bucket "landing" does not hold what the manifest says: "${key}" is missing; `,
  );
});

test("a step that delivers nothing has nothing to verify", async () => {
  const ended = await run.start(FETCH, { PARTNER_INGEST_VERIFIES_ATTEMPT: "1" }).ended;
  expect(ended.outcome).toBe("configuration");
  expect(ended.logs.at(-1)?.message).toBe(
    `the worker's environment is not usable: PARTNER_INGEST_VERIFIES_ATTEMPT is of publish, deliver, unpack, merge, which deliver, got it with "fetch"`,
  );
});
