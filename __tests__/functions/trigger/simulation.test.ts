import fc from "fast-check";
import { CALM, at, once, randomTape, taped } from "./support/directors";
import { expectComplete, expectNothingDoubled } from "./support/expect";
import { SPEC, configOf } from "./support/fixtures";
import type { Call, Fault } from "./support/sim-types";
import { World } from "./support/world";

const MINUTE = 60_000;
const EVENT = { kind: "manual", orderId: "UMG 2026/0042" };
const STEPS = 2;

const call =
  (name: string, target: RegExp) =>
  (candidate: Call): boolean =>
    candidate.name === name && target.test(candidate.target);

/** Plays one event with one fault, without Lambda's repetition; then the next event, undisturbed. */
async function disturbedThenNext(fault: Fault, matches: (call: Call) => boolean): Promise<World> {
  const world = new World(configOf(), once(fault, matches, { listingLag: () => 45_000 }));
  world.deliver(EVENT);
  await world.run();
  world.pass(3 * MINUTE);
  world.director = CALM;
  world.deliver(EVENT);
  await world.run();
  return world;
}

describe("copies of one event", () => {
  it.each([1, 2, 3, 4, 5])("start one run, 100 in parallel and out of order (%i)", async (seed) => {
    const world = new World(configOf(), taped(randomTape(seed, 100_000), 0));
    const starts = randomTape(seed + 100, 100);
    for (const start of starts) world.deliver(EVENT, { after: start % 2_000, retries: 2 });
    await world.run();
    expectComplete(world, 1);
    // A call that was broken off before it reached Batch is made again after its lease; a job is never doubled.
    expect(world.jobs).toHaveLength(STEPS);
    expect(world.answers).toHaveLength(100);
    // Two copies may share the work: the other takes the second step while the first records its first.
    const started = world.answers.filter(({ orders }) => orders[0]?.outcome === "started").length;
    expect(started).toBeGreaterThanOrEqual(1);
    expect(started).toBeLessThanOrEqual(STEPS);
    for (const { orders } of world.answers)
      expect(orders[0]?.jobs).toEqual(world.answers[0]?.orders[0]?.jobs);
  });

  it("start one run when each is delivered in two forms", async () => {
    const object = { key: "orders/77.xml", size: 10, etag: "e1", sequencer: "0055" };
    const world = new World(configOf(), CALM);
    world.deliver({
      source: "aws.s3",
      "detail-type": "Object Created",
      detail: { bucket: { name: "landing" }, object: { ...object, "version-id": "v1" } },
    });
    world.deliver({
      Records: [
        {
          eventSource: "aws:s3",
          eventName: "ObjectCreated:Put",
          s3: {
            bucket: { name: "landing" },
            object: { ...object, eTag: "e1", versionId: "v1" },
          },
        },
      ],
    });
    await world.run();
    expectComplete(world, 1);
    expect(world.answers.map(({ orders }) => orders[0]?.outcome).sort()).toEqual([
      "known",
      "started",
    ]);
  });
});

describe("an S3 key that is dropped again", () => {
  const drop = (etag: string, sequencer: string): unknown => ({
    source: "aws.s3",
    "detail-type": "Object Created",
    detail: {
      bucket: { name: "landing" },
      object: { key: "orders/77.xml", size: 10, etag, sequencer },
    },
  });

  it("is a new order when its content is new, and none when its event is", async () => {
    const world = new World(configOf(), CALM);
    for (const event of [drop("e1", "01"), drop("e1", "01"), drop("e2", "02")])
      world.deliver(event);
    await world.run();
    expectComplete(world, 2);
  });
});

describe("an invocation that is killed", () => {
  it.each([
    ["before the claim", "crash-before", call("create", /claim\.json$/u), 0],
    ["after the claim", "crash-after", call("create", /claim\.json$/u), 0],
    ["between claim and intent", "crash-before", call("create", /fetch\/1\/intent\.json$/u), 0],
    ["between intent and submission", "crash-before", call("submit", /--fetch--/u), 0],
    ["after Batch accepted, before the record", "crash-after", call("submit", /--fetch--/u), 1],
    ["before it records", "crash-before", call("create", /fetch\/1\/submitted\.json$/u), 1],
    ["between the two submissions", "crash-after", call("create", /fetch\/1\/submitted/u), 1],
    ["before the second submission", "crash-before", call("submit", /--publish--/u), 1],
    ["after the second was accepted", "crash-after", call("submit", /--publish--/u), 2],
  ] as const)("%s is completed by the next event", async (_where, fault, matches, jobs) => {
    const world = new World(configOf(), once(fault, matches));
    world.deliver(EVENT);
    await world.run();
    expect(world.jobs).toHaveLength(jobs);
    world.pass(2 * MINUTE);
    world.deliver(EVENT);
    await world.run();
    expectComplete(world, 1);
    expect(world.submissions).toBeGreaterThanOrEqual(STEPS);
    expect(world.answers).toHaveLength(1);
  });

  it("is completed by Lambda's own repetitions of the event", async () => {
    const world = new World(configOf(), once("crash-after", call("submit", /--fetch--/u)));
    world.deliver(EVENT, { retries: 2 });
    await world.run();
    expectComplete(world, 1);
    // The first repetition meets the lease and must not pretend success, else the second would not come.
    expect(world.failures.map((error) => error.name)).toEqual(["RetryableError"]);
    expect(world.answers).toHaveLength(1);
  });

  it("leaves a lease that a later event respects and tells of", async () => {
    const world = new World(configOf(), once("crash-after", call("submit", /--fetch--/u)));
    world.deliver(EVENT);
    await world.run();
    world.deliver(EVENT);
    await world.run();
    const [{ orderKey }] = world
      .keys(/claim\.json$/u)
      .map((key) => world.json(key) as { orderKey: string }) as [{ orderKey: string }];
    const [intent] = world.keys(/intent\.json$/u);
    expect(world.failures.map(({ message }) => message)).toEqual([
      `another invocation may submit step "fetch" of order key "${orderKey}" until ${String(world.json(intent ?? "")["leaseUntil"])} and has recorded no job yet; the event must come again`,
    ]);
    expect(world.jobs).toHaveLength(1);
  });
});

describe("a lost answer", () => {
  it.each([
    ["the spec", call("create", /\/spec\//u)],
    ["the claim", call("create", /claim\.json$/u)],
    ["the day index", call("create", /\/days\//u)],
    ["the intent", call("create", /fetch\/1\/intent\.json$/u)],
    ["the record", call("create", /publish\/1\/submitted\.json$/u)],
  ])("of %s does not matter", async (_what, matches) => {
    const world = new World(configOf(), once("loses-answer", matches));
    world.deliver(EVENT);
    await world.run();
    expectComplete(world, 1);
    expect(world.answers.map(({ orders }) => orders[0]?.outcome)).toEqual(["started"]);
    expect(world.log[0]?.event).toBe("order claimed");
    expect(world.submissions).toBe(STEPS);
  });

  it("of SubmitJob is made good by the listing", async () => {
    const world = new World(configOf(), once("loses-answer", call("submit", /--fetch--/u)));
    world.deliver(EVENT);
    await world.run();
    expectComplete(world, 1);
    expect(world.answers.map(({ orders }) => orders[0]?.outcome)).toEqual(["started"]);
    expect(world.submissions).toBe(STEPS);
  });

  it("of SubmitJob with a stale listing is no second call, but an error; the next event adopts the job", async () => {
    const world = await disturbedThenNext("loses-answer", call("submit", /--fetch--/u));
    expectComplete(world, 1);
    expect(world.failures.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^Batch gave no clear answer to the submission of step "fetch" of order key "umg-2026-0042-[0-9a-f]{12}" \(ECONNRESET\) and does not list its job yet; the event must come again: once the lease of the step is over, the job is found or submitted anew$/u,
      ),
    ]);
    expect(world.submissions).toBe(STEPS);
    const record = world.json(world.keys(/fetch\/1\/submitted\.json$/u)[0] ?? "");
    expect(record["adopted"]).toBe(true);
    // Found, so that there was nothing to take over.
    expect(world.json(world.keys(/fetch\/1\/intent\.json$/u)[0] ?? "")["takeovers"]).toBe(0);
  });

  it("of a takeover does not matter", async () => {
    const world = new World(configOf(), once("crash-before", call("submit", /--fetch--/u)));
    world.deliver(EVENT);
    await world.run();
    world.pass(3 * MINUTE);
    world.director = once("loses-answer", call("replace", /intent\.json$/u));
    world.deliver(EVENT);
    await world.run();
    expectComplete(world, 1);
    expect(world.failures).toEqual([]);
    expect(world.json(world.keys(/fetch\/1\/intent\.json$/u)[0] ?? "")["takeovers"]).toBe(1);
  });
});

describe("a submission that arrives after its caller gave up", () => {
  it("is adopted, not doubled", async () => {
    const world = await disturbedThenNext("wanders", call("submit", /--publish--/u));
    expectComplete(world, 1);
    expect(world.submissions).toBe(STEPS);
  });
});

describe("Batch's throttling", () => {
  it("is waited for", async () => {
    let left = 4;
    const world = new World(configOf(), {
      ...CALM,
      fault: ({ name }) => (name === "submit" && left-- > 0 ? "throttled" : "none"),
    });
    world.deliver(EVENT);
    await world.run();
    expectComplete(world, 1);
    expect(world.submissions).toBe(STEPS + 4);
  });

  it("is given up in time, so that the next event can take over", async () => {
    const world = new World(configOf(), {
      ...CALM,
      fault: ({ name }) => (name === "submit" ? "throttled" : "none"),
    });
    const begin = world.now;
    world.deliver(EVENT);
    await world.run();
    expect(world.failures.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^no time is left in this invocation to submit step "fetch" of order key "umg-2026-0042-[0-9a-f]{12}"; the event must come again$/u,
      ),
    ]);
    expect(world.now - begin).toBeLessThan(MINUTE);
    world.pass(2 * MINUTE);
    world.director = CALM;
    world.deliver(EVENT);
    await world.run();
    expectComplete(world, 1);
  });
});

describe("a stale listing", () => {
  it("within the allowance doubles nothing, whenever the next event comes", async () => {
    // The worst that the lease is made for: the owner sends in its last moment, dies, and the job shows a minute later.
    let submissions = 0;
    const isFirst = ({ name }: Call): boolean => name === "submit" && ++submissions === 1;
    const world = new World(configOf(), {
      ...CALM,
      latency: (c) => (c.name === "submit" && submissions === 0 ? 59_000 : 0),
      paused: () => true,
      fault: (c) => (isFirst(c) ? "crash-after" : "none"),
      listingLag: () => (submissions === 1 ? 60_000 : 0),
    });
    world.deliver(EVENT);
    for (let after = MINUTE; after <= 2.5 * MINUTE; after += 500) world.deliver(EVENT, { after });
    await world.run();
    expectComplete(world, 1);
  });

  it("beyond everything that is allowed for can double a job: the simulation would see it", async () => {
    const world = new World(
      configOf(),
      once("crash-after", call("submit", /--fetch--/u), { listingLag: () => 10 * MINUTE }),
    );
    world.deliver(EVENT);
    await world.run();
    world.pass(3 * MINUTE);
    world.deliver(EVENT);
    await world.run();
    expect(Object.values(world.jobsByName()).map((jobs) => jobs.length)).toEqual([2, 1]);
    expect(() => {
      expectNothingDoubled(world);
    }).toThrow("--fetch--g1");
  });
});

describe("every point of an invocation", () => {
  const FAULTS: readonly Fault[] = [
    "fails",
    "loses-answer",
    "wanders",
    "throttled",
    "crash-before",
    "crash-after",
  ];

  const calls = async (): Promise<number> => {
    const world = new World(configOf(), CALM);
    world.deliver(EVENT);
    await world.run();
    return world.served;
  };

  it.each(FAULTS)("takes: %s, then any fault at any point of the next event", async (first) => {
    const count = await calls();
    expect(count).toBe(11);
    for (let i = 0; i < count; i++)
      for (const second of FAULTS)
        for (let j = 0; j < count + 6; j++) {
          const lag = { listingLag: () => 38_000, wander: () => 15_000 };
          const world = new World(configOf(), at(i, first, lag));
          world.deliver(EVENT);
          await world.run();
          world.pass(2 * MINUTE);
          world.director = at(j, second, lag);
          world.deliver(EVENT);
          await world.run();
          expectNothingDoubled(world);
          world.pass(2 * MINUTE);
          world.director = CALM;
          world.deliver(EVENT);
          await world.run();
          expectComplete(world, 1);
        }
  });
});

describe("any schedule of events, copies, crashes, lost answers and slow calls", () => {
  const deliveries = fc.array(
    fc.record({
      order: fc.nat(1),
      after: fc.nat(5 * MINUTE),
      retries: fc.nat(2),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const event = (order: number): unknown => ({ kind: "manual", orderId: `order ${String(order)}` });

  it("gives each step at most one job, and a last undisturbed event completes all", async () => {
    await fc.assert(
      fc.asyncProperty(
        deliveries,
        fc.integer(),
        fc.integer({ min: 0, max: 35 }),
        async (events, seed, faultPercent) => {
          const world = new World(configOf(), taped(randomTape(seed, 5_000), faultPercent));
          for (const { order, after, retries } of events)
            world.deliver(event(order), { after, retries });
          await world.run();
          expectNothingDoubled(world);
          world.pass(3 * MINUTE);
          world.director = CALM;
          const orders = new Set(events.map(({ order }) => order));
          for (const order of orders) world.deliver(event(order));
          await world.run();
          expectComplete(world, orders.size, SPEC);
        },
      ),
      { numRuns: 500 },
    );
  });
});
