import { cancelOrder } from "../../../cli/orders/cancel-order";
import { findOrder } from "../../../cli/orders/find-order";
import { listOrders } from "../../../cli/orders/list-orders";
import { orderLogs } from "../../../cli/orders/order-logs";
import { rerunEvent } from "../../../cli/orders/rerun-order";
import { readAttempt, showOrder } from "../../../cli/orders/show-order";
import { momentOf } from "../../../cli/orders/since";
import { recordAction } from "../../../cli/orders/write-fact";
import { colorsFor } from "../../../cli/output/colors";
import {
  EXIT_CODES,
  FUNCTION_JOB_ID,
  jobStatusKey,
  rerunCommand,
  runPrefix,
  stepReportKey,
  submittedKey,
} from "../../../modules/contract";
import { LEDGER, PARTNER, type TestLedger, testLedger } from "./setup";

const plain = colorsFor({}, {});
const NOW = Date.parse("2026-03-02T12:00:00Z");

let ledger: TestLedger;

beforeEach(async () => {
  ledger = await testLedger();
});

afterEach(async () => {
  await ledger.close();
});

const query = { partners: [PARTNER], since: Date.parse("2026-02-28"), now: NOW, failed: true };

describe("orders list", () => {
  test("ten thousand orders are listed by the index of days alone", async () => {
    const runs = Array.from({ length: 10_000 }, (_, n) => ({
      partner: PARTNER,
      orderKey: `order-${String(n)}-${String(n).padStart(12, "0")}`,
      attempt: 1,
    }));
    for (let at = 0; at < runs.length; at += 50)
      await Promise.all(
        runs.slice(at, at + 50).map((run) => ledger.day("2026-03-01", run, "claimed")),
      );
    for (const run of runs.slice(0, 3)) await ledger.day("2026-03-01", run, "failed");
    ledger.s3.clearRequests();
    const { data, text } = await listOrders(ledger.place, query, plain);
    expect((data as { orders: unknown[] }).orders).toHaveLength(3);
    expect(text).toContain("3 failed orders since 2026-02-28");
    expect(text).toContain(
      "\nnext: partner-ingest orders show universal-music order-0-000000000000",
    );
    // 10,003 entries are 11 answers of the day, the two other days one each, and one tells whether it is paused.
    expect(ledger.s3.requests.map(({ operation }) => operation)).toEqual(
      Array.from({ length: 14 }, () => "ListObjectsV2"),
    );
  });

  test("an order that was delivered by a later attempt is not failed", async () => {
    const run = { partner: PARTNER, orderKey: "a-000000000000", attempt: 1 };
    await ledger.day("2026-03-01", run, "failed");
    await ledger.day("2026-03-02", { ...run, attempt: 2 }, "delivered");
    expect((await listOrders(ledger.place, query, plain)).text).toBe(
      "no failed orders since 2026-02-28",
    );
    expect((await listOrders(ledger.place, { ...query, failed: false }, plain)).text).toContain(
      "2026-03-02  universal-music  a-000000000000  attempt 2  delivered",
    );
  });

  test.each([
    ["36h", NOW - 36 * 3_600_000],
    ["2d", NOW - 2 * 86_400_000],
    ["2026-03-01", Date.parse("2026-03-01")],
  ])("--since %s", (text, at) => {
    expect(momentOf("--since", text, NOW)).toBe(at);
  });

  test("a moment that is none", () => {
    expect(() => momentOf("--since", "yesterday", NOW)).toThrow(
      '--since must be 36h, 7d, 2w, a day such as 2026-03-01 or an instant such as 2026-03-01T09:00:00Z, got "yesterday"',
    );
  });
});

describe("an order is found", () => {
  test("by its key and by its id", async () => {
    const run = await ledger.run({ orderId: "Été 1" }, { fetch: "SUCCEEDED" });
    const found = { orderKey: run.orderKey, attempts: [1] };
    expect(await findOrder(ledger.cloud, "Été 1")).toEqual(found);
    expect(await findOrder(ledger.cloud, run.orderKey)).toEqual(found);
  });

  test("fails when there is none, or several are called so", async () => {
    await expect(findOrder(ledger.cloud, "none")).rejects.toThrow(
      '"none" is no order of universal-music in the ledger; orders list --since 7d tells those of the last days',
    );
    const one = await ledger.run({ orderId: "twice" }, {});
    const other = await ledger.run(
      { orderId: "twice", source: { kind: "s3", bucket: "b", key: "twice", versionId: "2" } },
      {},
    );
    const keys = [one.orderKey, other.orderKey].sort().join(", ");
    await expect(findOrder(ledger.cloud, "twice")).rejects.toThrow(
      `"twice" names 2 orders of universal-music; give the key of one: ${keys}`,
    );
  });
});

test("orders show tells steps, reasons and what to type next", async () => {
  const run = await ledger.run({}, { fetch: "SUCCEEDED", publish: "FAILED" });
  const { text, data } = await showOrder(ledger.cloud, "ORDER-1", "--local", plain);
  expect(text).toContain(`"ORDER-1"  ${run.orderKey}  attempt 1  failed after 61 s`);
  expect(text).toContain("  fetch  g1  succeeded  on label-standard  60 s");
  expect(text).toContain(
    "  publish  g1  failed  on label-standard  60 s  Essential container in task exited",
  );
  expect(data).toMatchObject({
    nextCommand:
      "partner-ingest orders rerun universal-music ORDER-1 --from publish --reason 'the cause is removed' --local",
  });
});

test("orders show tells why an order failed, as its alert does, and what the program said last", async () => {
  const run = await ledger.run({}, { fetch: "RUNNING" });
  const fetch = { ...run, step: "fetch", generation: 1 };
  const told = async (): Promise<string> =>
    (await showOrder(ledger.cloud, "ORDER-1", "", plain)).text;
  expect(await told()).not.toContain("why: ");
  await ledger.put(LEDGER, jobStatusKey(fetch, "job-fetch", "FAILED"), {
    ...fetch,
    jobId: "job-fetch",
    status: "FAILED",
    statusReason: "Essential container in task exited",
    attempts: [{ exitCode: EXIT_CODES.programFailed.code }],
    at: "2026-03-01T21:01:01.000Z",
  });
  await ledger.put(LEDGER, stepReportKey(fetch, "job-fetch", 1), {
    schemaVersion: 1,
    ...fetch,
    jobId: "job-fetch",
    batchAttempt: 1,
    outcome: "programFailed",
    program: { exitCode: 5, signal: null, stderrTail: "1\n2\n3\n4\n5\nno such order\n" },
    interruptedByHost: false,
    counts: {},
    startedAt: "2026-03-01T21:01:00.000Z",
    endedAt: "2026-03-01T21:01:01.000Z",
  });
  expect(await told()).toContain(
    [
      "why: the partner's program ended with an error; its own code is in the step report (partner, program-failed)",
      "what to do: the step's report holds the program's own code and last words; run the order again once its cause is mended",
      "fetch, the program's last words:",
      "  2",
      "  3",
      "  4",
      "  5",
      "  no such order",
      "",
      "next: partner-ingest orders rerun universal-music ORDER-1 --from fetch ",
    ].join("\n"),
  );
});

test("of an array job why its first failed child failed is told", async () => {
  const run = await ledger.run({}, { fetch: "FAILED" });
  const fetch = { ...run, step: "fetch", generation: 1 };
  await ledger.put(LEDGER, jobStatusKey(fetch, "job-fetch:3", "FAILED"), {
    ...fetch,
    jobId: "job-fetch:3",
    status: "FAILED",
    attempts: [{ exitCode: EXIT_CODES.outOfSpace.code }],
    at: "2026-03-01T21:01:01.000Z",
  });
  const { data } = await showOrder(ledger.cloud, "ORDER-1", "", plain);
  expect(data).toMatchObject({ failure: { step: "fetch", cause: { code: "out-of-space" } } });
});

test.each([
  ["rejected", { quarantined: 0 }],
  ["not put into quarantine", {}],
])(
  "a delivery that does not hold is looked at, and fetched anew where it was %s",
  async (_, counts) => {
    const run = await ledger.run({}, { fetch: "SUCCEEDED", publish: "FAILED" });
    const publish = { ...run, step: "publish", generation: 1 };
    await ledger.put(LEDGER, stepReportKey(publish, "job-publish", 1), {
      schemaVersion: 1,
      ...publish,
      jobId: "job-publish",
      batchAttempt: 1,
      outcome: "badDelivery",
      interruptedByHost: false,
      counts,
      startedAt: "2026-03-01T21:01:00.000Z",
      endedAt: "2026-03-01T21:01:01.000Z",
    });
    const next = async (): Promise<unknown> =>
      (await showOrder(ledger.cloud, "ORDER-1", "--env prod", plain)).data;
    if ("quarantined" in counts) {
      expect(await next()).toMatchObject({
        nextCommand: "partner-ingest orders quarantine list universal-music --env prod",
      });
      await recordAction(ledger.cloud, run, {
        action: "reject",
        by: "ann",
        reason: "r",
        details: {},
      });
    }
    expect(await next()).toMatchObject({
      nextCommand:
        "partner-ingest orders rerun universal-music ORDER-1 --reason 'the cause is removed' --env prod",
    });
  },
);

test.each([
  ["what a function says of the delivery is why the order failed", 66, "bad-delivery"],
  ["what a function only did not finish is no failure: Batch does it", 75, undefined],
])("%s", async (_what, exitCode, code) => {
  const run = await ledger.run({ jobDefinitionRevisions: { all: 1 } }, {});
  const ref = { ...run, step: "all", generation: 1 };
  await ledger.put(LEDGER, jobStatusKey(ref, FUNCTION_JOB_ID, "FAILED"), {
    ...ref,
    jobId: FUNCTION_JOB_ID,
    status: "FAILED",
    attempts: [{ exitCode }],
    at: "2026-03-01T21:01:01.000Z",
  });
  const { data } = await showOrder(ledger.cloud, "ORDER-1", "", plain);
  expect((data as { failure?: { cause: { code: string } } }).failure?.cause.code).toBe(code);
});

test("a step that a function does has no job: none is asked for its log, none is ended", async () => {
  const run = await ledger.run({ jobDefinitionRevisions: { all: 1 } }, {});
  const ref = { ...run, step: "all", generation: 1 };
  await ledger.put(LEDGER, submittedKey(ref), {
    ...ref,
    jobId: FUNCTION_JOB_ID,
    jobArn: "arn:aws:lambda:r:a:function:pi--local--universal-music--unpack",
    jobQueue: "arn:aws:lambda:r:a:function:pi--local--universal-music--unpack",
    submittedAt: "2026-03-01T21:00:01.000Z",
  });
  const logs = await orderLogs(ledger.cloud, "ORDER-1", { tail: 1 }, plain);
  expect(logs.text).toBe(
    "all g1 is the function's: what it wrote is in the log group /pi/local/universal-music/unpack; " +
      `the filter of this order is { $.run = "${run.orderKey}/1" }`,
  );
  expect(logs.data).toMatchObject({
    sections: [],
    functions: [{ step: "all", generation: 1, logGroup: "/pi/local/universal-music/unpack" }],
  });
  const send = jest.fn();
  const batch = { send } as unknown as NonNullable<typeof ledger.cloud.batch>;
  const cancelled = await cancelOrder({ ...ledger.cloud, batch }, "ORDER-1", {
    reason: "r",
    by: "ann",
  });
  expect(send).not.toHaveBeenCalled();
  expect(cancelled).toEqual({
    data: { ...run, terminated: [] },
    text: `cancelled attempt 1 of ${run.orderKey}; 0 jobs under way; a function that is at work can not be ended: it is over within minutes, and what it delivers is told`,
  });
});

test("ids that a shell would take apart are quoted", () => {
  const order = { partner: "p", orderId: "it's $HOME", orderKey: "yes-0" };
  expect(rerunCommand(order, undefined, "--env prod")).toBe(
    "partner-ingest orders rerun p 'it'\\''s $HOME' --reason 'the cause is removed' --env prod",
  );
  expect(rerunCommand({ ...order, orderId: "--yes" }, "a", "")).toBe(
    "partner-ingest orders rerun p yes-0 --from a --reason 'the cause is removed'",
  );
});

describe("orders cancel", () => {
  test("records who and why, and the word of the day", async () => {
    const run = await ledger.run({}, { fetch: "RUNNING" });
    await cancelOrder(ledger.cloud, "ORDER-1", { reason: "wrong order", by: "ann" });
    const [action = ""] = ledger.s3.keys(LEDGER, `${runPrefix(run)}actions/`);
    expect(await ledger.read(action)).toMatchObject({
      action: "cancel",
      by: "ann",
      reason: "wrong order",
      details: { jobs: 1 },
    });
    expect(ledger.s3.keys(LEDGER, `${PARTNER}/days/`)).toEqual([
      `${PARTNER}/days/2026-03-01/${run.orderKey}.1.cancelled.json`,
    ]);
    const again = cancelOrder(ledger.cloud, "ORDER-1", { reason: "again", by: "ann" });
    await expect(again).rejects.toThrow(
      `attempt 1 of ${run.orderKey} is cancelled; there is nothing to cancel`,
    );
  });

  test("fails when the order is delivered", async () => {
    const run = await ledger.run({}, { fetch: "SUCCEEDED" });
    await expect(
      cancelOrder(ledger.cloud, "ORDER-1", { reason: "late", by: "ann" }),
    ).rejects.toThrow(`attempt 1 of ${run.orderKey} is delivered; there is nothing to cancel`);
  });
});

describe("orders rerun", () => {
  const wish = { reason: "mended", by: "ann" };

  test("names the attempt, so that the same command twice is one new attempt", async () => {
    const run = await ledger.run({}, { fetch: "SUCCEEDED", publish: "FAILED" });
    const state = await readAttempt(ledger.cloud, { orderKey: run.orderKey, attempts: [1] });
    expect(rerunEvent(state, { ...wish, from: "publish" })).toEqual({
      kind: "rerun",
      orderKey: run.orderKey,
      attempt: 1,
      from: "publish",
      ...wish,
    });
    expect(() => rerunEvent(state, { ...wish, from: "publsh" })).toThrow(
      '--from must be a step of the order, got "publsh"; known are fetch, publish',
    );
  });

  test("--verify is of what was delivered, and of all of it", async () => {
    const run = await ledger.run({}, { fetch: "SUCCEEDED", publish: "SUCCEEDED" });
    const state = await readAttempt(ledger.cloud, { orderKey: run.orderKey, attempts: [1] });
    const event = { kind: "rerun", orderKey: run.orderKey, attempt: 1, verify: true, ...wish };
    expect(rerunEvent(state, { ...wish, verify: true })).toEqual(event);
    expect(() => rerunEvent(state, { ...wish, verify: true, from: "publish" })).toThrow(
      '--verify compares all that was delivered and begins at no step, got --from "publish"; leave one of them out',
    );
    expect(() => rerunEvent({ ...state, status: "failed" }, { ...wish, verify: true })).toThrow(
      `--verify compares what was delivered, and attempt 1 of ${run.orderKey} is failed; leave --verify out to do the order again`,
    );
  });

  test("fails while the order is under way", async () => {
    const run = await ledger.run({}, { fetch: "RUNNING" });
    const state = await readAttempt(ledger.cloud, { orderKey: run.orderKey, attempts: [1] });
    expect(() => rerunEvent(state, wish)).toThrow(
      `attempt 1 of ${run.orderKey} is under way; wait until it has ended, or end it: partner-ingest orders cancel universal-music ${run.orderKey}`,
    );
  });
});
