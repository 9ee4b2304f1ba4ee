import fc from "fast-check";
import { actionKey, retryKey } from "../../../modules/contract";
import { foldRun, type LedgerObject, type RunState } from "../../../modules/ledger";
import { at, claim, intent, report, RUN, status, submitted } from "./support";

const words = (state: RunState): Record<string, string> =>
  Object.fromEntries(state.steps.map((step) => [step.step, step.status]));

const DELIVERED = [
  claim(),
  intent("fetch"),
  submitted("fetch", "f1"),
  status("fetch", "f1", "RUNNABLE", 1),
  status("fetch", "f1", "RUNNING", 2),
  report("fetch", "f1", "ok", 3),
  status("fetch", "f1", "SUCCEEDED", 4),
  intent("publish"),
  submitted("publish", "p1"),
  status("publish", "p1", "SUCCEEDED", 9),
];

test("a run goes from waiting over running to delivered", () => {
  const told = DELIVERED.map((_, index) => foldRun(DELIVERED.slice(0, index + 1)));
  expect(told.map((state) => state.status)).toEqual([
    "waiting",
    ...Array.from({ length: 8 }, () => "running"),
    "delivered",
  ]);
  expect(told.map((state) => words(state)["fetch"])).toEqual([
    "missing",
    "intended",
    "waiting",
    "runnable",
    "running",
    "running",
    "succeeded",
    "succeeded",
    "succeeded",
    "succeeded",
  ]);
  expect(told.at(-1)).toMatchObject({ endedAt: at(9), elapsedSeconds: 540, faults: [] });
});

test("order and repetition of the facts do not matter", () => {
  const all = [
    ...DELIVERED,
    status("fetch", "f1", "SUBMITTED", 0),
    report("publish", "p1", "ok", 8),
  ];
  const expected = foldRun(all);
  fc.assert(
    fc.property(fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length }), (facts) => {
      expect(foldRun(facts)).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

test("no subset of the facts of a run that was delivered tells of a failure", () => {
  fc.assert(
    fc.property(fc.subarray(DELIVERED, { minLength: 1 }), (facts) => {
      expect(["unclaimed", "waiting", "running", "delivered"]).toContain(foldRun(facts).status);
    }),
  );
});

const FAILED = [
  claim(),
  submitted("fetch", "f1"),
  status("fetch", "f1", "FAILED", 3, { exitCode: 65 }),
  submitted("publish", "p1"),
  status("publish", "p1", "FAILED", 3),
];

test("a run is failed when a step failed and nothing is under way", () => {
  expect(foldRun(FAILED)).toMatchObject({ status: "failed", endedAt: at(3) });
  expect(foldRun(FAILED.slice(0, 4)).status).toBe("running");
  expect(foldRun(FAILED.slice(0, 3)).status).toBe("failed");
});

test("a planned retry turns a failure into retrying", () => {
  const plan = { key: retryKey(RUN), body: JSON.stringify({ notBefore: at(20), earlier: 0 }) };
  expect(foldRun([...FAILED, plan]).status).toBe("retrying");
});

test("a later generation counts, and one success is enough", () => {
  const again = [
    ...FAILED,
    intent("fetch", 2),
    submitted("fetch", "f2", 2),
    status("fetch", "f2", "RUNNING", 5, { generation: 2 }),
  ];
  expect(foldRun(again).status).toBe("running");
  expect(words(foldRun(again))).toEqual({ fetch: "running", publish: "failed" });
  const done = [
    ...again,
    status("fetch", "f2", "SUCCEEDED", 6, { generation: 2 }),
    submitted("publish", "p2", 2),
    status("publish", "p2", "SUCCEEDED", 7, { generation: 2 }),
  ];
  expect(foldRun(done)).toMatchObject({ status: "delivered", elapsedSeconds: 420 });
});

const cancel: LedgerObject = {
  key: actionKey(RUN, at(2), "x"),
  body: JSON.stringify({ action: "cancel", at: at(2), by: "me", reason: "wrong", details: {} }),
};

test("what was released from quarantine is delivered, although its step failed", () => {
  const release = { ...cancel, body: cancel.body.replace('"cancel"', '"release"') };
  expect(foldRun(FAILED).status).toBe("failed");
  expect(foldRun([...FAILED, release]).status).toBe("delivered");
});

test("a cancelled run stays cancelled, unless it was delivered before", () => {
  expect(foldRun([...FAILED, cancel]).status).toBe("cancelled");
  expect(foldRun([claim(), cancel]).status).toBe("cancelled");
  expect(foldRun([...DELIVERED, cancel]).status).toBe("delivered");
});

test("skipped steps count as done", () => {
  const resumesFrom = { attempt: 1, step: "publish", skips: ["fetch"], stagingAttempt: 1 };
  const state = foldRun([
    claim({ resumesFrom }),
    submitted("publish", "p1"),
    status("publish", "p1", "SUCCEEDED", 4),
  ]);
  expect(words(state)).toEqual({ fetch: "skipped", publish: "succeeded" });
  expect(state.status).toBe("delivered");
});

test("a job that gave way to a second one of its step does not speak for the step", () => {
  const facts = [
    claim({ jobDefinitionRevisions: { fetch: 1 } }),
    submitted("fetch", "f1"),
    status("fetch", "f1", "FAILED", 2, { exitCode: 77 }),
  ];
  expect(foldRun(facts).status).toBe("failed");
  expect(foldRun([...facts, status("fetch", "f9", "SUCCEEDED", 3)]).status).toBe("delivered");
});

test("children of an array job do not speak for the job", () => {
  const facts = [
    claim({ jobDefinitionRevisions: { fetch: 1 } }),
    submitted("fetch", "f1"),
    status("fetch", "f1:10", "FAILED", 2),
    status("fetch", "f1:9", "FAILED", 3),
  ];
  const step = foldRun(facts).steps[0];
  expect(step?.status).toBe("waiting");
  expect(step?.current?.failedChildren.map(({ jobId }) => jobId)).toEqual(["f1:9", "f1:10"]);
});

test("what can not be read is told and hides nothing else", () => {
  const key = `um/runs/${RUN.orderKey}/1/steps/publish/1/submitted.json`;
  const state = foldRun([claim(), { key, body: "{" }, status("fetch", "f1", "RUNNING", 1)]);
  expect(state.faults).toEqual([`${JSON.stringify(key)} is no JSON`]);
  expect(words(state)).toEqual({ fetch: "running", publish: "missing" });
  expect(foldRun([{ key, body: '{"jobId":3}' }])).toMatchObject({
    status: "unclaimed",
    faults: [`${JSON.stringify(key)} has 3 as jobId, where a value of type string must be`],
  });
});

test("a body can not claim to be of another step", () => {
  const { key } = status("fetch", "f1", "RUNNING", 1);
  const body = status("publish", "p1", "FAILED", 1).body;
  expect(foldRun([claim(), { key, body }]).steps.map((step) => step.status)).toEqual([
    "running",
    "missing",
  ]);
});
