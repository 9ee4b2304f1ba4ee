import { ESCALATIONS_MAX } from "../../../functions/runs-core/decide-failures";
import { foldRun } from "../../../modules/ledger";
import { ON_DEMAND_QUEUE, STANDARD_QUEUE } from "../trigger/support/fixtures";
import { singleFault, type Ending, type Fate } from "./fate";
import { play, type HistoryEnd } from "./history";
import { keyOf } from "./judge";
import { plainPlan, type Plan } from "./plan";

// What is promised of runs, each with the real functions in the modelled AWS.

const KEY = keyOf("order-0");

const calm = (
  plan: Partial<Plan> = {},
  endings: Readonly<Record<string, readonly Ending[]>> = {},
): Promise<HistoryEnd> => play(plainPlan(1, plan), singleFault(-1, "served", endings));

const jobsOf = ({ world }: HistoryEnd): string[] =>
  world.batch.jobs.map(
    ({ ref, jobQueue, status }) =>
      `${String(ref.attempt)} ${ref.step} g${String(ref.generation)} ${jobQueue === ON_DEMAND_QUEUE ? "on-demand" : "standard"} ${status}`,
  );

const toldOf = ({ world }: HistoryEnd): string[] =>
  world.told.filter(({ kind }) => kind !== "started").map(({ id }) => id.replace(KEY, "order"));

const stateOf = ({ world }: HistoryEnd, attempt: number): ReturnType<typeof foldRun> =>
  foldRun(
    [...world.objects]
      .filter(([key]) => key.startsWith(`${world.partner}/runs/${KEY}/${String(attempt)}/`))
      .map(([key, { body }]) => ({ key, body })),
  );

test("no second event ever comes: the reconciler alone completes every half-submitted run", async () => {
  const undisturbed = await calm();
  const calls = undisturbed.calls.filter(({ actor }) => actor === "trigger").length;
  expect(calls).toBeGreaterThan(5);
  // The trigger dies at each of its calls in turn, and neither Lambda nor Batch sends anything again.
  for (let index = 0; index < calls; index++) {
    const end = await play(plainPlan(1, { silent: true }), singleFault(index, "crash-after"));
    expect({ index, faults: end.faults, delivered: end.delivered + end.never }).toEqual({
      index,
      faults: [],
      delivered: 1,
    });
    expect(end.calls.some(({ actor }) => actor === "escalate")).toBe(false);
  }
});

test.each([1, 2])(
  "Spot reclaimed %i times during fetch: Batch's own retries deliver",
  async (times) => {
    const end = await calm({}, { fetch: Array.from({ length: times }, () => "host" as const) });
    expect(end.faults).toEqual([]);
    expect(jobsOf(end)).toEqual([
      "1 fetch g1 standard SUCCEEDED",
      "1 publish g1 standard SUCCEEDED",
    ]);
    expect(end.world.batch.jobs[0]?.attempts).toHaveLength(times + 1);
  },
);

test("Spot reclaimed every time: the last time on on-demand, dependants once, and the ledger tells it", async () => {
  const end = await calm({}, { fetch: ["host", "notice", "host"] });
  expect(end.faults).toEqual([]);
  expect(jobsOf(end)).toEqual([
    "1 fetch g1 standard FAILED",
    "1 publish g1 standard FAILED",
    "1 fetch g2 on-demand SUCCEEDED",
    "1 publish g2 on-demand SUCCEEDED",
  ]);
  expect(end.world.batch.jobs[0]?.jobQueue).toBe(STANDARD_QUEUE);
  expect(stateOf(end, 1)).toMatchObject({
    status: "delivered",
    actions: [
      {
        action: "escalate",
        by: "escalate",
        reason: "host-terminated: the machine was taken away while the job ran",
        details: { step: "fetch", generation: 2 },
      },
    ],
  });
  expect(toldOf(end)).toEqual(["order.1.delivered"]);
});

test("where no event comes, the reconciler escalates under its own name", async () => {
  const end = await calm({ silent: true }, { fetch: ["host", "host", "host"] });
  expect(end.faults).toEqual([]);
  expect(stateOf(end, 1).actions).toMatchObject([{ action: "escalate", by: "reconcile" }]);
});

test("machines that are lost without end: submitted anew twice, then a person is called", async () => {
  const end = await calm({}, { fetch: Array.from({ length: 30 }, () => "host" as const) });
  expect(end.faults).toEqual([]);
  expect(stateOf(end, 1).actions).toHaveLength(ESCALATIONS_MAX);
  expect(toldOf(end)).toEqual(["order.1.failed"]);
});

test("a person's re-run between a failure and its escalation: the work is done once, in the later attempt", async () => {
  const plan = { silent: true, reruns: [{ at: 15, order: 0 }] };
  const endings = { fetch: ["host", "host", "host"] as const };
  const undisturbed = await calm(plan, endings);
  const decision = undisturbed.calls.findIndex(({ what }) => what === "create action");
  // The reconciler dies when it has learned that the step failed, just before it decides anything.
  const end = await play(plainPlan(1, plan), singleFault(decision, "crash-before", endings));
  expect(end.faults).toEqual([]);
  expect(jobsOf(end)).toEqual([
    "1 fetch g1 standard FAILED",
    "1 publish g1 standard FAILED",
    "2 fetch g1 standard SUCCEEDED",
    "2 publish g1 standard SUCCEEDED",
  ]);
  expect(stateOf(end, 1).actions).toMatchObject([
    { action: "rerun", by: "somebody", details: { step: "fetch", generation: 2 } },
  ]);
  expect(toldOf(end).sort()).toEqual(["order.1.failed", "order.2.delivered"]);
  // Whoever is told of the first attempt is not sent to run again what is running again.
  expect(end.world.told.find(({ kind }) => kind === "failed")).toMatchObject({
    severity: "warn",
    cause: {
      code: "host-terminated",
      text: "the machine was taken away while the job ran; a person does the order again as attempt 2",
      cure: "nothing here; how that attempt ends is told, too",
    },
    nextCommand: `partner-ingest orders show universal-music order-0 --env test`,
  });
});

test.each(["fails", "try-later"] as const)(
  "a person's re-run of a step that %s, before its end is told: told as taken over, and no attempt is planned",
  async (ending) => {
    const plan = { silent: true, reruns: [{ at: 15, order: 0 }] };
    const endings = { fetch: [ending] };
    const undisturbed = await calm(plan, endings);
    const said = undisturbed.calls.findIndex(
      ({ what }) => what === "announce" || what === "create retry",
    );
    // The reconciler dies before it says a word.
    const end = await play(plainPlan(1, plan), singleFault(said, "crash-before", endings));
    expect(end.faults).toEqual([]);
    expect(toldOf(end).sort()).toEqual(["order.1.failed", "order.2.delivered"]);
    expect(end.world.told.find(({ kind }) => kind === "failed")).toMatchObject({
      severity: "warn",
      nextCommand: "partner-ingest orders show universal-music order-0 --env test",
    });
  },
);

test("an event of a failed run that comes again after a person's re-run tells nothing", async () => {
  const end = await calm({ reruns: [{ at: 45, order: 0 }] }, { fetch: ["fails"] });
  expect(toldOf(end)).toEqual(["order.1.failed", "order.2.delivered"]);
  expect(end.world.told.find(({ kind }) => kind === "failed")).toMatchObject({
    severity: "error",
    nextCommand: expect.stringContaining("orders rerun") as string,
  });
  const { world } = end;
  const [fetch] = world.batch.jobs;
  if (fetch === undefined) throw new Error("there is no job");
  const calls = world.calls.length;
  world.changed(fetch, fetch);
  await world.pass(60_000);
  const again = world.calls.slice(calls).map(({ what }) => what);
  expect(again).toContain("create status");
  expect(again).not.toContain("announce");
});

test("a person's re-run that died before it began is told as such, as an error", async () => {
  const plan = { silent: true, reruns: [{ at: 15, order: 0 }] };
  const endings = { fetch: ["fails"] as const };
  const dying = { ...singleFault(-1, "served", endings) };
  let decided = false;
  let told = 0;
  const end = await play(plainPlan(1, plan), {
    ...dying,
    // The reconciler dies before it tells; the re-run dies after its decision.
    call: (_, what) => {
      if (what === "announce" && told++ === 0) return "crash-before";
      if (what !== "create action" || decided) return "served";
      decided = true;
      return "crash-after";
    },
  });
  expect(toldOf(end)).toEqual(["order.1.failed"]);
  expect(end.world.told.at(-1)).toMatchObject({
    severity: "error",
    cause: {
      code: "program-failed",
      cure: "look whether attempt 2 is there; if not, run the order again",
    },
    nextCommand: "partner-ingest orders show universal-music order-0 --env test",
  });
});

test("a person's re-run after an escalation was decided is refused, and the escalation delivers", async () => {
  // The decision is made at minute 10; the person comes at once, before its job is seen to run.
  const end = await calm(
    { silent: true, reruns: [{ at: 10, order: 0 }] },
    { fetch: ["host", "host", "host"] },
  );
  expect(end.faults).toEqual([]);
  expect(jobsOf(end).at(-1)).toBe("1 publish g2 on-demand SUCCEEDED");
  expect(toldOf(end)).toEqual(["order.1.delivered"]);
});

test("while a partner is paused its orders are recorded, none starts, and what is under way goes on", async () => {
  const plan = { events: [[0], [12], [20]], jobMinutes: 15, pauses: [{ from: 10, to: 90 }] };
  const end = await play(plainPlan(3, plan), singleFault(-1, "served"));
  expect(end.faults).toEqual([]);
  expect(end.delivered).toBe(3);
  const minutes = end.world.batch.jobs.map(({ ref, createdAt }) => [
    ref.orderKey.slice(0, 7),
    ref.step,
    Math.floor((createdAt - end.world.begin) / 60_000),
  ]);
  // Resumed at minute 90; the reconciler passes every ten minutes here.
  expect(minutes).toEqual([
    ["order-0", "fetch", 0],
    ["order-0", "publish", 0],
    ["order-1", "fetch", 90],
    ["order-1", "publish", 90],
    ["order-2", "fetch", 90],
    ["order-2", "publish", 90],
  ]);
});

test("a delayed attempt waits while its partner is paused", async () => {
  const end = await calm({ outages: [{ from: 0, to: 10 }], pauses: [{ from: 10, to: 200 }] });
  expect(end.faults).toEqual([]);
  const later = end.world.batch.jobs.find(({ ref }) => ref.attempt === 2);
  expect(later?.createdAt).toBeGreaterThanOrEqual(end.world.begin + 200 * 60_000);
  expect(end.delivered).toBe(1);
});

test.each([
  ["fails", "program-failed"],
  ["no-progress", "no-progress"],
] as const)("a program that %s: no escalation, told as %s", async (ending, code) => {
  const end = await calm({}, { fetch: [ending] });
  expect(end.faults).toEqual([]);
  expect(jobsOf(end)).toEqual(["1 fetch g1 standard FAILED", "1 publish g1 standard FAILED"]);
  expect(end.world.told.at(-1)).toMatchObject({ kind: "failed", step: "fetch", cause: { code } });
});

test("partner's server down for three hours: delivered by a delayed attempt, one alert", async () => {
  const end = await calm({ outages: [{ from: 0, to: 180 }] });
  expect(end.faults).toEqual([]);
  expect(toldOf(end)).toEqual(["order.retrying", "order.4.delivered"]);
  const waits = [1, 2, 3].map((attempt) => {
    const { retry, endedAt = "" } = stateOf(end, attempt);
    return Math.round((Date.parse(retry?.notBefore ?? "") - Date.parse(endedAt)) / 60_000);
  });
  expect(waits).toEqual([15, 60, 240]);
});

test("partner's server down for days: three delayed attempts, then a person is called", async () => {
  const end = await calm({ outages: [{ from: 0, to: 9999 }] });
  expect(end.faults).toEqual([]);
  expect(toldOf(end)).toEqual(["order.retrying", "order.4.failed"]);
});

test("5 of 1,000 children fail: five run again", async () => {
  const lost = new Set([3, 77, 500, 998, 999]);
  const end = await calm(
    { array: true, children: 1000 },
    { convert: Array.from({ length: 1000 }, (_, i) => (lost.has(i) ? "no-capacity" : "ok")) },
  );
  expect(end.faults).toEqual([]);
  const again = end.world.batch.jobs.filter(
    ({ ref }) => ref.step === "convert" && ref.generation === 2,
  );
  expect(again.map(({ units }) => units.map(({ original }) => original))).toEqual([[...lost]]);
  expect(end.delivered).toBe(1);
});

test("jobs that Batch has forgotten are reconciled by what their workers left", async () => {
  const end = await calm({
    silent: true,
    remembersMinutes: 30,
    withoutReconciler: [{ from: 5, to: 300 }],
  });
  expect(end.met.get("job that Batch has forgotten")).toBeGreaterThan(0);
  expect(end.faults).toEqual([]);
  expect(toldOf(end)).toEqual(["order.1.delivered"]);
});

test("a Spot notice before the worker listens (exit 143) is the machine's matter", async () => {
  const end = await calm({}, { fetch: ["early-notice"] });
  expect(end.faults).toEqual([]);
  expect(stateOf(end, 1).actions).toMatchObject([
    {
      reason:
        "stopped-at-start: the machine was about to be taken away before the worker had started",
    },
  ]);
  expect(end.delivered).toBe(1);
});

test("a job that waits for a machine is told once, with what to look at", async () => {
  const end = await calm({ runnableMinutes: 95 });
  expect(toldOf(end)).toEqual([
    "order.1.fetch.1.blocked",
    "order.1.publish.1.blocked",
    "order.1.delivered",
  ]);
  expect(end.world.told.find(({ kind }) => kind === "blocked")?.cause).toMatchObject({
    code: "waits-for-machine",
    class: "platform",
    cure: "look at the pool: other orders may fill it (raise maxVcpus), or its environments may be invalid",
  });
});

test("an array job whose children wait for machines is told once, although Batch calls it pending", async () => {
  const end = await calm({ array: true, runnableMinutes: 95 });
  expect(toldOf(end)).toEqual([
    "order.1.fetch.1.blocked",
    "order.1.convert.1.blocked",
    "order.1.publish.1.blocked",
    "order.1.delivered",
  ]);
  const convert = end.world.told.find(({ id }) => id.includes(".convert."));
  // Counted from when the step before it had ended.
  expect(convert?.cause?.text).toMatch(/^the job has waited for a machine for 3\d minutes$/u);
});

/** All is calm but the job events: each comes twice, the copies as late as the list says in turn, in steps of three minutes. */
function eventFate(
  late: readonly number[],
  endings: Readonly<Record<string, readonly Ending[]>>,
): Fate {
  const calm = singleFault(-1, "served", endings);
  // Of an event is drawn first how many copies come (3 stands for two), then for each how late.
  const draws = late.flatMap((first, index) => [3, first, late[late.length - 1 - index] ?? 0]);
  let turn = 0;
  return {
    ...calm,
    draw: (count) => (count === 4 ? (draws[turn++ % draws.length] ?? 0) : calm.draw(count)),
  };
}

test.each([
  ["that succeeds", {}, ["order.1.delivered"], ["fetch g1"]],
  ["that fails", { fetch: ["fails"] }, ["order.1.failed"], ["fetch g1"]],
  [
    "whose machines are taken away",
    { fetch: ["host", "host", "host"] },
    ["order.1.delivered"],
    ["fetch g1", "fetch g2"],
  ],
] as const)(
  "job events of a run %s come twice and overtake each other: no work twice, told once",
  async (_, endings, told, fetches) => {
    const met = { twice: 0, overtaken: 0 };
    for (const late of [
      [3, 2, 1, 0],
      [0, 3, 0, 3],
      [2, 0, 3, 1],
    ]) {
      const end = await play(plainPlan(1), eventFate(late, endings));
      met.twice += end.met.get("job event that comes twice") ?? 0;
      met.overtaken += end.met.get("job event that is overtaken") ?? 0;
      expect(end.faults).toEqual([]);
      expect(toldOf(end)).toEqual(told);
      // A dependant is submitted with what it depends on, never again before the end of that is known.
      expect(
        end.world.batch.jobs.map(({ ref }) => `${ref.step} g${String(ref.generation)}`),
      ).toEqual(fetches.flatMap((fetch) => [fetch, fetch.replace("fetch", "publish")]));
      expect(
        end.world.batch.jobs.filter(
          ({ ref, status }) => ref.step === "publish" && status === "SUCCEEDED",
        ),
      ).toHaveLength(end.delivered);
    }
    expect(met.twice).toBeGreaterThan(5);
    expect(met.overtaken).toBeGreaterThan(5);
  },
);
