import { jsonLog } from "../../../functions/runs-core/log";
import { handle } from "../../../functions/trigger/handler";
import {
  claimKey,
  intentKey,
  orderKey,
  specKey,
  submittedKey,
  type StepRef,
} from "../../../modules/contract";
import { CALM, once } from "./support/directors";
import { s3Record } from "./support/events";
import { expectComplete } from "./support/expect";
import { SPEC, configOf, step } from "./support/fixtures";
import type { Call } from "./support/sim-types";
import { World } from "./support/world";

const EVENT = { orderId: "1" };
const KEY = orderKey("1", { kind: "manual", orderId: "1" });
const RUN = { partner: SPEC.partner, orderKey: KEY, attempt: 1 };
const FETCH: StepRef = { ...RUN, step: "fetch", generation: 1 };

const submitting =
  (name: string) =>
  (call: Call): boolean =>
    call.name === "submit" && call.target.includes(`--${name}--`);

const errorsOf = (world: World): string[] =>
  world.failures.map(({ name, message }) => `${name}: ${message}`);

/** A world in which an invocation died right after its claim. */
async function claimedOnly(config = configOf()): Promise<World> {
  const world = new World(
    config,
    once("crash-after", ({ name, target }) => name === "create" && target.endsWith("claim.json")),
  );
  world.deliver(EVENT);
  await world.run();
  world.director = CALM;
  return world;
}

describe("an order", () => {
  it("is answered with its jobs, first as started, then as known", async () => {
    const world = new World(configOf(), CALM);
    world.deliver(EVENT);
    await world.run();
    world.deliver(EVENT);
    await world.run();
    const answer = { orderId: "1", orderKey: KEY, attempt: 1, chain: "order" };
    const [fetch, publish] = world.jobs.map(({ jobId }) => jobId);
    expect(world.answers).toEqual([
      { orders: [{ ...answer, outcome: "started", jobs: { fetch, publish } }], ignored: [] },
      { orders: [{ ...answer, outcome: "known", jobs: { fetch, publish } }], ignored: [] },
    ]);
  });

  it("leaves the documented records", async () => {
    const world = new World(configOf(), CALM);
    world.deliver(EVENT);
    await world.run();
    expect(world.json(claimKey(RUN))).toEqual({
      schemaVersion: 1,
      ...RUN,
      orderId: "1",
      chain: "order",
      source: { kind: "manual", orderId: "1" },
      trigger: "by-hand",
      specDigest: configOf().digest,
      jobDefinitionRevisions: { fetch: 3, publish: 7 },
      nonce: "nonce-1",
      claimedAt: "2026-03-01T21:00:00.040Z",
    });
    expect(world.json(intentKey(FETCH))).toEqual({
      schemaVersion: 1,
      ...FETCH,
      jobName: `universal-music--${KEY}--1--fetch--g1`,
      nonce: expect.stringMatching(/^nonce-1[.]\d+$/u) as string,
      leaseUntil: "2026-03-01T21:02:00.100Z",
      takeovers: 0,
    });
    expect(world.json(submittedKey(FETCH))).toEqual({
      schemaVersion: 1,
      ...FETCH,
      jobName: `universal-music--${KEY}--1--fetch--g1`,
      jobId: world.jobs[0]?.jobId,
      jobArn: world.jobs[0]?.jobArn,
      jobQueue: SPEC.chains.order[0]?.queues.standard,
      jobDefinition: `${SPEC.chains.order[0]?.jobDefinition ?? ""}:3`,
      nonce: "nonce-1",
      adopted: false,
      dependsOn: [],
      submittedAt: "2026-03-01T21:00:00.140Z",
    });
  });

  it("is logged in lines with the ids of partner, order, run and jobs", async () => {
    const world = new World(configOf(), CALM);
    world.deliver(EVENT);
    await world.run();
    const ids = { partner: "universal-music", requestId: "request-1", orderId: "1", orderKey: KEY };
    const [fetch, publish] = world.jobs.map(({ jobId }) => jobId);
    expect(world.log).toMatchObject([
      { ...ids, level: "info", event: "order claimed", attempt: 1, trigger: "by-hand" },
      { ...ids, level: "info", event: "job submitted", step: "fetch", jobId: fetch },
      { ...ids, level: "info", event: "job submitted", step: "publish", jobId: publish },
      { ...ids, level: "info", event: "order done", outcome: "started", jobs: { fetch, publish } },
    ]);
  });
});

describe("several orders of one event", () => {
  const records = { Records: ["1", "2", "3"].map((n) => s3Record({ key: `orders/${n}.xml` })) };

  it("are all tried before the fault of one is thrown", async () => {
    const world = new World(configOf(), {
      ...CALM,
      fault: ({ name, target }) =>
        name === "submit" && target.includes("--2-") ? "fails" : "none",
    });
    world.deliver({ Records: [...records.Records, s3Record({ key: "orders/%00.xml" })] });
    await world.run();
    const [failure] = errorsOf(world);
    expect(failure).toMatch(
      /^OrdersFailedError: 2 parts of the event failed: InputError: the key in bucket "landing" gives no order id: "\\u0000" holds control characters; allowed is every S3 key of at most 1,024 bytes without control characters; RetryableError: Batch gave no clear answer to the submission of step "fetch" of order key "2-/u,
    );
    expect(world.jobs).toHaveLength(4);
    expect(world.keys(/claim\.json$/u)).toHaveLength(3);
  });

  it("are completed by the repetition, which does nothing twice", async () => {
    const world = new World(configOf(), once("crash-before", submitting("publish")));
    world.deliver(records, { retries: 2 });
    await world.run();
    expectComplete(world, 3);
  });

  it("are put off when no time is left, in favour of a clear error", async () => {
    const slow = { ...CALM, latency: ({ name }: Call) => (name === "submit" ? 9_000 : 20) };
    const world = new World(configOf(), slow);
    world.deliver(records);
    await world.run();
    expect(errorsOf(world)).toEqual([
      expect.stringMatching(
        /^RetryableError: no time is left in this invocation to submit step "publish" of order key "3-[0-9a-f]{12}"; the event must come again$/u,
      ),
    ]);
    world.deliver(records);
    await world.run();
    expectComplete(world, 3);
  });
});

describe("a run that was claimed before a deploy", () => {
  const deployed = {
    ...SPEC,
    chains: { ...SPEC.chains, order: [...SPEC.chains.order, step("index", ["publish"])] },
  };
  const config = configOf(deployed, { fetch: 30, publish: 70, list: 10, index: 1 });

  it("is completed with the spec and the job definitions that it was claimed with", async () => {
    const world = await claimedOnly();
    world.deliver(EVENT, { config });
    await world.run();
    expectComplete(world, 1);
    expect(world.jobs.map(({ request }) => request.jobDefinition)).toEqual([
      `${step("fetch").jobDefinition}:3`,
      `${step("publish").jobDefinition}:7`,
    ]);
    world.deliver({ orderId: "2" }, { config });
    await world.run();
    expect(world.jobs.slice(2).map(({ request }) => request.jobDefinition)).toEqual([
      `${step("fetch").jobDefinition}:30`,
      `${step("publish").jobDefinition}:70`,
      `${step("index").jobDefinition}:1`,
    ]);
  });

  it("keeps the day of its claim", async () => {
    const world = await claimedOnly();
    world.pass(5 * 3600 * 1000);
    world.deliver(EVENT);
    await world.run();
    expectComplete(world, 1);
    expect(world.keys(/\/days\//u)).toEqual([
      `universal-music/days/2026-03-01/${KEY}.1.claimed.json`,
    ]);
    const variables = world.jobs[0]?.request.containerOverrides?.environment;
    expect(variables).toContainEqual({
      name: "PARTNER_INGEST_CLAIMED_DAY",
      value: "2026-03-01",
    });
  });

  it.each([
    ["{", "is no JSON: "],
    ['{"schemaVersion":1}', "partner must be a text that is not empty, got nothing"],
    [JSON.stringify(deployed), "was changed: its digest is not its name; look at it by hand"],
  ])("is left alone when its spec was damaged (%#)", async (body, why) => {
    const world = await claimedOnly();
    const key = specKey(SPEC.partner, configOf().digest);
    world.objects.set(key, { body, etag: '"x"' });
    world.deliver(EVENT, { config });
    await world.run();
    expect(errorsOf(world)[0]).toContain(
      `PermanentError: the ledger's "${key}", which the run of order "1" follows, `,
    );
    expect(errorsOf(world)[0]).toContain(why);
    expect(world.jobs).toEqual([]);
  });
});

describe("a claim that says something else", () => {
  const changed = async (change: object): Promise<World> => {
    const world = await claimedOnly();
    const claim = { ...world.json(claimKey(RUN)), ...change };
    world.objects.set(claimKey(RUN), { body: JSON.stringify(claim), etag: '"x"' });
    world.deliver(EVENT);
    await world.run();
    expect(world.jobs).toEqual([]);
    return world;
  };

  it("is no claim of this order when its source differs", async () => {
    const world = await changed({ orderId: "7", source: { kind: "manual", orderId: "7" } });
    expect(errorsOf(world)).toEqual([
      `PermanentError: order "1" has the same key as order "7" ("${KEY}") but another source; start it by hand under another id`,
    ]);
  });

  it("is told when the same id was started as a listing", async () => {
    const world = await changed({ chain: "discovery", trigger: "look" });
    expect(errorsOf(world)).toEqual([
      'PermanentError: order "1" is known as a run of chain "discovery" through trigger "look", and can not also be one of chain "order" through trigger "by-hand"; use another id',
    ]);
  });

  it.each([
    [{ schemaVersion: 2 }, "has the schema version 2, known is 1"],
    [{ claimedAt: "yesterday" }, 'has "yesterday" as claimedAt, where an instant must be'],
    [{ chain: "x" }, 'has "x" as chain, where "order" or "discovery" must be'],
    [{ source: 1 }, "has 1 as source, where an object must be"],
  ])("is told when it can not be read: %j", async (change, why) => {
    const world = await changed(change);
    expect(errorsOf(world)).toEqual([
      `PermanentError: the ledger's "${claimKey(RUN)}" ${why}; it was not written by this version, look at it by hand`,
    ]);
  });
});

it("is no order when the event starts nothing, and says why", async () => {
  const world = new World(configOf(), CALM);
  world.deliver({ Records: [s3Record({ key: "elsewhere/1.xml" })] });
  await world.run();
  expect(world.answers).toEqual([
    {
      orders: [],
      ignored: [
        '"elsewhere/1.xml" in bucket "landing" is outside of every S3 trigger of partner "universal-music"',
      ],
    },
  ]);
  expect(world.served).toBe(0);
});

it("is no order when the function's timeout is too short for any", async () => {
  const ports = { config: configOf(), nonce: () => "n", log: jsonLog(() => undefined, Date.now) };
  const clock = { now: Date.now, random: () => 0, sleep: () => Promise.resolve() };
  const none = {} as never;
  await expect(
    handle(
      { ...ports, clock, ledger: none, batch: none, functions: none, countFiles: none },
      EVENT,
      {
        requestId: "r",
        remainingMs: 3_000,
      },
    ),
  ).rejects.toThrow(
    "the trigger can not start: the function's timeout leaves 3000 ms for an event; set it to 60 s",
  );
});
