import {
  actionKey,
  announcedKey,
  claimKey,
  dayKey,
  intentKey,
  jobStatusKey,
  lockKey,
  retryKey,
  specKey,
  stepReportKey,
  submittedKey,
} from "../../../modules/contract";
import {
  attemptsOf,
  daysBetween,
  foldRun,
  parseKey,
  readRun,
  runsOfDays,
} from "../../../modules/ledger";
import { claim, MemoryLedger, report, RUN, status, stepRef, submitted } from "./support";

const step = stepRef("fetch", 2);

test.each([
  [claimKey(RUN), { kind: "claim", run: RUN }],
  [retryKey(RUN), { kind: "retry", run: RUN }],
  [actionKey(RUN, "2026-03-01T00:00:00.000Z", "n-1"), { kind: "action", run: RUN }],
  [lockKey({ ...RUN, step: "fetch" }, 7), { kind: "lock", run: RUN, lock: "fetch.7" }],
  [intentKey(step), { kind: "intent", step }],
  [submittedKey(step), { kind: "submitted", step }],
  [
    jobStatusKey(step, "ab-1:7", "FAILED"),
    { kind: "status", step, jobId: "ab-1:7", status: "FAILED" },
  ],
  [stepReportKey(step, "ab-1", 3), { kind: "report", step, jobId: "ab-1", batchAttempt: 3 }],
  [
    stepReportKey(step, "ab-1:7", 3, 7),
    { kind: "report", step, jobId: "ab-1:7", batchAttempt: 3, arrayIndex: 7 },
  ],
  [
    dayKey("2026-03-01", RUN, "failed"),
    { kind: "day", day: "2026-03-01", run: RUN, fact: "failed" },
  ],
  [specKey("um", "d1"), { kind: "spec", partner: "um", id: "d1" }],
  [announcedKey("um", "a1"), { kind: "announced", partner: "um", id: "a1" }],
])("%s is read back", (key, expected) => {
  expect(parseKey(key)).toEqual(expected);
});

test.each([
  "um",
  "um/runs/",
  "um/runs/o/1/steps/fetch/1/x.y.z.json",
  "um/runs/o/1/notes.json",
  "um/days/2026-03-01/a.1.other.json",
  "um/files/x.json",
])("%s is unknown", (key) => {
  expect(parseKey(key)).toBeUndefined();
});

test("the day index is listed by keys alone, a page of a thousand at a time", async () => {
  const objects = new Map<string, string>();
  for (let order = 0; order < 2500; order++) {
    const run = { partner: "um", orderKey: `o-${String(order).padStart(12, "0")}`, attempt: 1 };
    objects.set(dayKey("2026-03-01", run, "claimed"), "{}");
    if (order % 5 === 0) objects.set(dayKey("2026-03-01", run, "failed"), "{}");
    if (order % 10 === 0) objects.set(dayKey("2026-03-01", run, "delivered"), "{}");
  }
  const ledger = new MemoryLedger(objects);
  const runs = await runsOfDays(ledger, "um", ["2026-03-01", "2026-03-02"]);
  expect(runs).toHaveLength(2500);
  expect(runs.filter(({ fact }) => fact === "failed")).toHaveLength(250);
  expect(runs.filter(({ fact }) => fact === "delivered")).toHaveLength(250);
  expect([ledger.lists, ledger.gets]).toEqual([5, 0]);
});

test("days are counted in UTC, both ends included", () => {
  expect(
    daysBetween(Date.parse("2026-02-27T23:59:59Z"), Date.parse("2026-03-01T00:00:00Z")),
  ).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
  expect(daysBetween(1, 0)).toEqual(["1970-01-01"]);
});

test("a run is read whole, without what is no fact", async () => {
  const facts = [
    claim(),
    submitted("fetch", "f1"),
    status("fetch", "f1", "SUCCEEDED", 1),
    report("fetch", "f1", "ok", 1),
  ];
  const objects = new Map(facts.map(({ key, body }) => [key, body]));
  objects.set(lockKey({ ...RUN, step: "fetch" }), "no fact");
  objects.set(claimKey({ ...RUN, attempt: 12 }), claim().body);
  const ledger = new MemoryLedger(objects, 2);
  expect(await readRun(ledger, RUN)).toHaveLength(4);
  expect(foldRun(await readRun(ledger, RUN)).status).toBe("running");
  expect(await attemptsOf(ledger, "um", RUN.orderKey)).toEqual([1, 12]);
});
