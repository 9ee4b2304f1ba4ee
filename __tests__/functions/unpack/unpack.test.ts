import { lockKey } from "../../../modules/contract";
import { buildZip } from "../../images/worker/archive/zip-builder";
import { type Lab, startLab } from "./setup";

const ZIP = buildZip([
  { name: "report.txt", content: Buffer.from("report") },
  { name: "scores/scores.json", content: Buffer.from("{}") },
]);

let lab: Lab;

afterEach(() => lab.close());

const answerOf = ({ payload }: { payload: string }): unknown => JSON.parse(payload);

test("a small archive is unpacked, and the ledger tells what Batch would have told of a job", async () => {
  lab = await startLab();
  const order = await lab.drop("user-1", ZIP);
  const result = await lab.invoke(order.event);
  expect(answerOf(result)).toEqual({ outcome: "ok" });
  expect(result.functionError).toBeUndefined();
  expect(lab.s3.keys("processed")).toEqual([
    `deliveries/${order.ref.orderKey}/1/manifest.json`,
    "user-1/result/report.txt",
    "user-1/result/scores/scores.json",
  ]);
  const facts = await lab.facts(order);
  expect(Object.keys(facts)).toEqual([
    "function.1.report.json",
    "function.RUNNING.json",
    "function.SUCCEEDED.json",
  ]);
  expect(facts["function.1.report.json"]).toMatchObject({
    outcome: "ok",
    jobId: "function",
    counts: { files: 2, bytes: 8 },
  });
  expect(facts["function.SUCCEEDED.json"]).toMatchObject({
    ...order.ref,
    jobId: "function",
    status: "SUCCEEDED",
    attempts: [{ exitCode: 0 }],
    observedBy: "function",
  });
  expect(lab.s3.keys("ledger", "ai-results/days/")).toEqual([
    `ai-results/days/2026-03-01/${order.ref.orderKey}.1.delivered.json`,
  ]);
});

test("an event that Lambda hands over twice delivers once and tells the same", async () => {
  lab = await startLab();
  const order = await lab.drop("user-1", ZIP);
  await lab.invoke(order.event);
  const before = await lab.facts(order);
  const manifest = await lab.s3.read("processed", lab.s3.keys("processed")[0] ?? "");
  expect(answerOf(await lab.invoke(order.event))).toEqual({ outcome: "ok" });
  expect(await lab.facts(order)).toEqual(before);
  expect(await lab.s3.read("processed", lab.s3.keys("processed")[0] ?? "")).toEqual(manifest);
});

test("an archive that does not hold fails as in Batch, and nothing of it is written", async () => {
  lab = await startLab();
  const order = await lab.drop(
    "user-1",
    buildZip([{ name: "a.txt" }, { name: "b.txt", crc: 1, local: { crc: 1 } }]),
  );
  expect(answerOf(await lab.invoke(order.event))).toEqual({ outcome: "badDelivery" });
  expect(lab.s3.keys("processed")).toEqual([]);
  const facts = await lab.facts(order);
  expect(facts["function.FAILED.json"]).toMatchObject({
    status: "FAILED",
    statusReason: "what was delivered does not hold: wrong checksum, missing or changing files",
    attempts: [{ exitCode: 66 }],
  });
  expect(facts["function.1.report.json"]).toMatchObject({ outcome: "badDelivery" });
});

test("when its time is nearly over it stops, and says that it was told to", async () => {
  // Less than what is kept back for the last words: it is told to stop before it begins.
  lab = await startLab({ timeoutSeconds: 15 });
  const order = await lab.drop("user-1", ZIP);
  expect(answerOf(await lab.invoke(order.event))).toEqual({ outcome: "interrupted" });
  const facts = await lab.facts(order);
  expect(facts["function.FAILED.json"]).toMatchObject({ attempts: [{ exitCode: 75 }] });
  expect(facts["function.1.report.json"]).toMatchObject({ interruptedByHost: true });
});

test("where Batch has taken the step over it writes nothing and tells no end", async () => {
  lab = await startLab();
  const order = await lab.drop("user-1", ZIP);
  const holder = { ...order.ref, generation: 2, jobId: "job", batchAttempt: 1, nonce: "n" };
  await lab.put("ledger", lockKey(order.ref), JSON.stringify(holder));
  expect(answerOf(await lab.invoke(order.event))).toEqual({ outcome: "superseded" });
  expect(lab.s3.keys("processed")).toEqual([]);
  expect(Object.keys(await lab.facts(order))).toEqual([
    "function.1.report.json",
    "function.RUNNING.json",
  ]);
});

test("an event tells of its order alone: settings and partner are those of the deployment", async () => {
  lab = await startLab();
  const order = await lab.drop("user-1", ZIP);
  const environment = {
    ...order.event.environment,
    PARTNER_INGEST_PARTNER: "other",
    PARTNER_INGEST_LEDGER_BUCKET: "processed",
    PARTNER_INGEST_STEP_SETTINGS: "{}",
  };
  expect(answerOf(await lab.invoke({ ...order.event, environment }))).toEqual({ outcome: "ok" });
  expect(Object.keys(await lab.facts(order))).toContain("function.SUCCEEDED.json");
});

test("what no trigger sends is refused before anything is done", async () => {
  lab = await startLab();
  const { functionError, payload } = await lab.invoke({ Records: [] });
  expect(functionError).toBe("Unhandled");
  expect((JSON.parse(payload) as { errorMessage: string }).errorMessage).toBe(
    'the event must be what the trigger sends, schemaVersion 1 and texts in environment, got {"Records":[]}; to unpack an object again, run its order again: partner-ingest orders rerun',
  );
});
