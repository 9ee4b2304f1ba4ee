import { openIn } from "../../../functions/reconcile/open-runs";
import { openRuns } from "../../../functions/runs-core/limits";
import { jsonLog } from "../../../functions/runs-core/log";
import type { PlatformInvocation } from "../../../functions/runs-core/platform";
import type { Invocation } from "../../../functions/runs-core/ports";
import { submitStep } from "../../../functions/runs-core/submit";
import { dayKey } from "../../../modules/contract";
import { SPEC, STANDARD_QUEUE, step } from "../trigger/support/fixtures";
import { sweep, TOO_LATE } from "./sweep";

const MINUTE = 60_000;

// What the model found, kept for good.

const RUN = { partner: SPEC.partner, orderKey: "order-0-a5306d573200", attempt: 4 };

/** An invocation that can read a ledger of these keys, and nothing else. */
const reading = (keys: readonly string[]): PlatformInvocation =>
  ({
    clock: { now: () => Date.parse("2026-03-02T04:10:00Z") },
    ledger: {
      list: (prefix: string) =>
        Promise.resolve({ keys: keys.filter((key) => key.startsWith(prefix)).sort() }),
      find: () => Promise.resolve(undefined),
    },
  }) as unknown as PlatformInvocation;

test("a run that two claimed around midnight is looked at once in a pass", async () => {
  const days = ["2026-03-01", "2026-03-02"];
  const { runs } = await openIn(
    reading(days.map((day) => dayKey(day, RUN, "claimed"))),
    SPEC.partner,
  );
  expect(runs).toEqual([
    { run: { ...RUN, day: "2026-03-02", fact: "claimed", told: false }, start: true },
  ]);
});

test("a run that is told under one of its two days is still looked at under the other", async () => {
  const { runs } = await openIn(
    reading([
      dayKey("2026-03-01", RUN, "claimed"),
      dayKey("2026-03-02", RUN, "claimed"),
      dayKey("2026-03-02", RUN, "told"),
    ]),
    SPEC.partner,
  );
  expect(runs.map(({ run }) => run.day)).toEqual(["2026-03-01"]);
});

test("a cancelled run counts under its partner's limit until its end is told", async () => {
  const day = "2026-03-01";
  const facts = [dayKey(day, RUN, "claimed"), dayKey(day, RUN, "cancelled")];
  expect(await openRuns(reading(facts), SPEC.partner, [day])).toHaveLength(1);
  const told = [...facts, dayKey(day, RUN, "told")];
  expect(await openRuns(reading(told), SPEC.partner, [day])).toEqual([]);
});

/** An invocation whose submissions get no answer, and whose jobs no listing shows. */
function unanswered(): { inv: Invocation; submissions: string[] } {
  const objects = new Map<string, string>();
  const submissions: string[] = [];
  const now = Date.parse("2026-03-01T21:00:00Z");
  const stored = (key: string): { body: string; etag: string } | undefined => {
    const body = objects.get(key);
    return body === undefined ? undefined : { body, etag: "1" };
  };
  const inv = {
    clock: { now: () => now, sleep: () => Promise.resolve(), random: () => 0.5 },
    deadline: now + MINUTE,
    nonce: "one-invocation",
    log: jsonLog(
      () => undefined,
      () => now,
    ),
    ledger: {
      create: (key: string, body: string) => {
        if (objects.has(key)) return Promise.resolve("conflict");
        objects.set(key, body);
        return Promise.resolve("written");
      },
      find: (key: string) => Promise.resolve(stored(key)),
      read: (key: string) => Promise.resolve(stored(key)),
    },
    batch: {
      submit: ({ jobName = "" }: { jobName?: string }) => {
        submissions.push(jobName);
        return Promise.resolve({ kind: "unknown", reason: "no answer" });
      },
      findByName: () => Promise.resolve([]),
    },
  } as unknown as Invocation;
  return { inv, submissions };
}

test("an invocation that comes to a step again does not take its own open submission for leave to submit", async () => {
  const { inv, submissions } = unanswered();
  const ref = { ...RUN, step: "fetch", generation: 1 };
  const request = { jobName: "job", jobQueue: STANDARD_QUEUE, jobDefinition: "definition:1" };
  const submit = (): Promise<unknown> => submitStep(inv, ref, step("fetch"), request);
  await expect(submit()).rejects.toThrow(
    'Batch gave no clear answer to the submission of step "fetch" of order key "order-0-a5306d573200" (no answer) and does not list its job yet; the event must come again: once the lease of the step is over, the job is found or submitted anew',
  );
  await expect(submit()).rejects.toThrow(
    'another invocation may submit step "fetch" of order key "order-0-a5306d573200" until 2026-03-01T21:02:00.000Z and has recorded no job yet; the event must come again',
  );
  expect(submissions).toEqual(["job"]);
});

test("an order that was delivered before its cancel took hold is told as delivered", async () => {
  const { faults, calm } = await sweep(TOO_LATE, { every: 1, fates: ["crash-before"] });
  expect(faults).toEqual([]);
  expect(calm).toMatchObject({ cancelled: 1, delivered: 0 });
});
