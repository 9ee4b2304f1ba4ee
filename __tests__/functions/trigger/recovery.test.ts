import { intentKey, orderKey, submittedKey, type StepRef } from "../../../modules/contract";
import { CALM, once } from "./support/directors";
import { expectComplete } from "./support/expect";
import { ON_DEMAND_QUEUE, SPEC, configOf } from "./support/fixtures";
import type { Call } from "./support/sim-types";
import { World } from "./support/world";

const MINUTE = 60_000;
const EVENT = { orderId: "1" };
const KEY = orderKey("1", { kind: "manual", orderId: "1" });
const FETCH: StepRef = {
  partner: SPEC.partner,
  orderKey: KEY,
  attempt: 1,
  step: "fetch",
  generation: 1,
};

const submitting =
  (name: string) =>
  (call: Call): boolean =>
    call.name === "submit" && call.target.includes(`--${name}--`);

const errorsOf = (world: World): string[] =>
  world.failures.map(({ name, message }) => `${name}: ${message}`);

/** A world in which an invocation died with the intent of its first step, nothing submitted. */
async function intentOnly(): Promise<World> {
  const world = new World(configOf(), once("crash-before", submitting("fetch")));
  world.deliver(EVENT);
  await world.run();
  world.director = CALM;
  return world;
}

describe("a step whose submitter died", () => {
  it("is adopted from the on-demand queue too", async () => {
    const world = await intentOnly();
    world.jobs.push({
      jobId: "by-another-way",
      jobArn: "arn:by-another-way",
      jobName: `universal-music--${KEY}--1--fetch--g1`,
      jobQueue: ON_DEMAND_QUEUE,
      createdAt: world.now,
      visibleAt: world.now,
      request: { ...world.jobs[0]?.request, jobName: "", jobQueue: "", jobDefinition: "" },
    });
    world.pass(3 * MINUTE);
    world.deliver(EVENT);
    await world.run();
    expect(world.answers[0]?.orders[0]?.jobs["fetch"]).toBe("by-another-way");
    expect(world.json(submittedKey(FETCH))).toMatchObject({
      adopted: true,
      jobQueue: ON_DEMAND_QUEUE,
    });
    expect(world.submissions).toBe(2);
  });

  it("is adopted as its oldest job, and the others are told", async () => {
    const world = await intentOnly();
    const job = (jobId: string, createdAt: number): World["jobs"][number] => ({
      jobId,
      jobArn: `arn:${jobId}`,
      jobName: `universal-music--${KEY}--1--fetch--g1`,
      jobQueue: SPEC.chains.order[0]?.queues.standard ?? "",
      createdAt,
      visibleAt: 0,
      request: { jobName: "", jobQueue: "", jobDefinition: "" },
    });
    world.jobs.push(job("younger", 2), job("older", 1));
    world.pass(3 * MINUTE);
    world.deliver(EVENT);
    await world.run();
    expect(world.json(submittedKey(FETCH))["jobId"]).toBe("older");
    expect(world.log).toContainEqual(
      expect.objectContaining({
        level: "error",
        event: "step has several jobs",
        jobIds: ["older", "younger"],
      }),
    );
  });

  it("is taken from a record that was written meanwhile, whatever the listing shows", async () => {
    const world = await intentOnly();
    world.pass(3 * MINUTE);
    world.director = {
      ...CALM,
      latency: ({ name, target }) => {
        if (name === "read" && target === intentKey(FETCH)) {
          const body = JSON.stringify({ schemaVersion: 1, jobId: "recorded" });
          world.objects.set(submittedKey(FETCH), { body, etag: '"x"' });
        }
        return 20;
      },
    };
    world.deliver(EVENT);
    await world.run();
    expect(world.submissions).toBe(2);
    expect(errorsOf(world)[0]).toContain('It comes after "fetch" with job recorded; ');
  });

  it("is left to a person when Batch may have forgotten its job", async () => {
    const world = await intentOnly();
    const { leaseUntil } = world.json(intentKey(FETCH)) as { leaseUntil: string };
    world.pass(6 * 24 * 3600 * 1000 + 3 * MINUTE);
    world.deliver(EVENT);
    await world.run();
    expect(errorsOf(world)).toEqual([
      `PermanentError: step "universal-music--${KEY}--1--fetch--g1" was about to be submitted, and nobody recorded whether it was; its lease ended at ${leaseUntil}, and Batch may have forgotten the job since. Look into the deliveries and logs of the order; if the job did not run, delete "${intentKey(FETCH)}" from the ledger and send the event again`,
    ]);
    expect(world.jobs).toEqual([]);
    world.objects.delete(intentKey(FETCH));
    world.deliver(EVENT);
    await world.run();
    expectComplete(world, 1);
  });
});

describe("a submission", () => {
  it("that Batch refuses is told with the jobs that it waits for", async () => {
    const world = new World(configOf(), once("crash-before", submitting("publish")));
    world.deliver(EVENT);
    await world.run();
    const [forgotten] = world.jobs.splice(0);
    world.pass(3 * MINUTE);
    world.deliver(EVENT);
    await world.run();
    expect(errorsOf(world)).toEqual([
      `PermanentError: Batch refused to take step "publish" of order key "${KEY}": ClientException: no job ${forgotten?.jobId ?? ""}. It comes after "fetch" with job ${forgotten?.jobId ?? ""}; a job that failed, or that ended more than seven days ago, can not be waited for. Mend the cause and send the event again`,
    ]);
    expect(world.log).toContainEqual(
      expect.objectContaining({ level: "error", event: "order not done", retryable: false }),
    );
  });

  it("that finds another job recorded follows the record and tells of the second job", async () => {
    const world = new World(configOf(), {
      ...CALM,
      latency: ({ name, target }) => {
        if (name === "submit" && target.includes("--fetch--")) {
          world.jobs.push({
            jobId: "intruder",
            jobArn: "",
            jobName: "x",
            jobQueue: "",
            createdAt: 0,
            visibleAt: 0,
            request: { jobName: "", jobQueue: "", jobDefinition: "" },
          });
          const record = { schemaVersion: 1, jobId: "intruder" };
          world.objects.set(submittedKey(FETCH), { body: JSON.stringify(record), etag: '"x"' });
        }
        return 20;
      },
    });
    world.deliver(EVENT);
    await world.run();
    expect(world.answers[0]?.orders[0]?.jobs["fetch"]).toBe("intruder");
    expect(world.jobs.at(-1)?.request.dependsOn).toEqual([{ jobId: "intruder" }]);
    const second = world.jobs[1]?.jobId ?? "";
    expect(world.log).toContainEqual(
      expect.objectContaining({
        level: "error",
        event: "step has two jobs",
        jobId: second,
        recordedJobId: "intruder",
        remedy: `aws batch terminate-job --job-id ${second} --reason "second job of one step"`,
      }),
    );
  });
});
