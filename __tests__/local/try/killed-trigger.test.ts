import { AwsError } from "../../../local/http/aws-error";
import { type CallHooks } from "../../../local/http/call-hooks";
import { type InvocationResult } from "../../../local/lambda";
import { type FaultPlan } from "../../../local/s3";
import { type LocalCloud } from "../../../local/try";
import { readDelivery } from "../../../local/try/delivery";
import { claimKey, intentKey, orderKey, submittedKey } from "../../../modules/contract";
import { cloudIn, laterBy, manualEvent, orderOf, prepared, temporary, until } from "./setup";

/** Longer than a lease: a minute for the function, a minute for ListJobs. */
const AFTER_THE_LEASE_SECONDS = 180;

const ORDER = "ORDER-1";
const run = {
  partner: "universal-music",
  orderKey: orderKey(ORDER, { kind: "manual", orderId: ORDER }),
  attempt: 1,
};
const step = (name: string): typeof run & { step: string; generation: number } => ({
  ...run,
  step: name,
  generation: 1,
});

const shared = temporary();
let prepare: Awaited<ReturnType<typeof prepared>>;
let place: ReturnType<typeof temporary>;
let cloud: LocalCloud;
let close: () => Promise<void>;

beforeAll(async () => {
  prepare = await prepared(shared.directory);
});

afterAll(() => {
  shared.remove();
});

afterEach(async () => {
  await close();
  place.remove();
});

async function start(batchHooks: CallHooks = {}, faults?: FaultPlan): Promise<void> {
  place = temporary();
  ({ cloud, close } = await cloudIn(place.directory, prepare, { batchHooks }));
  if (faults !== undefined) cloud.s3.setFaults(faults);
}

const invoke = (): Promise<InvocationResult> =>
  cloud.lambda.lambda.invoke(cloud.declared.trigger.name, manualEvent(ORDER));
const kill = (): void => {
  for (const running of cloud.lambda.lambda.running()) running.kill();
};
const exists = (key: string): boolean =>
  cloud.s3.object(cloud.spec.ledgerBucket, key) !== undefined;
const jobNames = (): string[] =>
  cloud.batch.batch.jobs().map(({ jobName }) => jobName?.split("--")[3] ?? "");

/** Kills the trigger at the n-th SubmitJob: before Batch does anything, or after it has accepted. */
function killAtSubmit(number: number, moment: "before" | "after"): CallHooks {
  let calls = 0;
  const strike = (action: string): boolean => action === "SubmitJob" && calls === number;
  return {
    before: ({ action }) => {
      if (action === "SubmitJob") calls += 1;
      if (moment !== "before" || !strike(action)) return;
      kill();
      throw new AwsError("ServerException", "nobody hears this", 500);
    },
    after: ({ action }) => {
      if (moment !== "after" || !strike(action)) return undefined;
      kill();
      return "drop";
    },
  };
}

async function expectKilled(invocation: Promise<InvocationResult>): Promise<void> {
  const { functionError, payload } = await invocation;
  expect(functionError).toBe("Unhandled");
  expect(payload).toContain("signal: SIGKILL");
}

/** The order arrives whole by the next event, with two jobs and no more. */
async function expectCompleted(event: Promise<InvocationResult>): Promise<void> {
  const { functionError, payload } = await event;
  expect(functionError === undefined ? "" : payload).toBe("");
  expect(Object.keys(orderOf(payload).jobs)).toEqual(["fetch", "publish"]);
  await cloud.idle();
  expect(jobNames()).toEqual(["fetch", "publish"]);
  expect(cloud.batch.batch.jobs().map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  const bucket = cloud.declared.buckets.find(({ name }) => name.includes("processed"))?.name ?? "";
  const delivery = await readDelivery(cloud.s3, { bucket, prefix: "deliveries/" }, run);
  expect(delivery).toMatchObject({ differences: [] });
  expect(cloud.s3.versions(cloud.spec.ledgerBucket, claimKey(run))).toHaveLength(1);
}

/** While the lease of the killed one is in force nobody may take its place, and nobody may say that all is well. */
async function expectHeldBack(jobs: readonly string[]): Promise<void> {
  const { functionError, payload } = await invoke();
  expect(functionError).toBe("Unhandled");
  expect(payload).toContain("the event must come again");
  expect(jobNames()).toEqual(jobs);
}

describe("the trigger is killed", () => {
  test("before the claim: the next event claims", async () => {
    await start(
      {},
      {
        rules: [
          {
            operation: "PutObject",
            key: "*/claim.json",
            times: 1,
            fault: { kind: "stall", at: "start" },
          },
        ],
      },
    );
    const killed = invoke();
    await until(() => cloud.s3.requests.some(({ key }) => key?.includes("/spec/") === true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    kill();
    await expectKilled(killed);
    expect(exists(claimKey(run))).toBe(false);
    await expectCompleted(invoke());
  });

  test("between the claim and the intent: the next event goes on", async () => {
    await start(
      {},
      {
        rules: [
          {
            operation: "PutObject",
            key: "*/claim.json",
            times: 1,
            fault: { kind: "stall", at: "answer" },
          },
        ],
      },
    );
    const killed = invoke();
    await until(() => exists(claimKey(run)));
    kill();
    await expectKilled(killed);
    expect(exists(intentKey(step("fetch")))).toBe(false);
    await expectCompleted(invoke());
  });

  test("between the intent and Batch: the next event after the lease submits", async () => {
    await start(killAtSubmit(1, "before"));
    await expectKilled(invoke());
    expect(jobNames()).toEqual([]);
    await expectHeldBack([]);
    await laterBy(cloud, AFTER_THE_LEASE_SECONDS, place.directory);
    await expectCompleted(invoke());
  });

  test("after Batch accepted and before the record: the next event after the lease finds the job", async () => {
    await start(killAtSubmit(1, "after"));
    await expectKilled(invoke());
    expect(jobNames()).toEqual(["fetch"]);
    expect(exists(submittedKey(step("fetch")))).toBe(false);
    await expectHeldBack(["fetch"]);
    await laterBy(cloud, AFTER_THE_LEASE_SECONDS, place.directory);
    await expectCompleted(invoke());
    // Batch's event told of the job and of its success: nothing is left to adopt, and nothing may be submitted.
    expect(jobNames()).toEqual(["fetch", "publish"]);
  });

  test("between the two submits: the next event submits the second", async () => {
    await start(
      {},
      {
        rules: [
          {
            operation: "PutObject",
            key: "*/fetch/1/submitted.json",
            times: 1,
            fault: { kind: "stall", at: "answer" },
          },
        ],
      },
    );
    const killed = invoke();
    await until(() => exists(submittedKey(step("fetch"))));
    kill();
    await expectKilled(killed);
    expect(jobNames()).toEqual(["fetch"]);
    await expectCompleted(invoke());
  });

  test("at the second submit, after Batch accepted: the next event after the lease finds both", async () => {
    await start(killAtSubmit(2, "after"));
    await expectKilled(invoke());
    expect(jobNames()).toEqual(["fetch", "publish"]);
    await laterBy(cloud, AFTER_THE_LEASE_SECONDS, place.directory);
    await expectCompleted(invoke());
  });
});

test("a claim whose answer is lost is recognized as the own one", async () => {
  await start(
    {},
    {
      rules: [
        {
          operation: "PutObject",
          key: "*/claim.json",
          times: 1,
          fault: { kind: "reset", at: "answer" },
        },
      ],
    },
  );
  await expectCompleted(invoke());
});

test("a submission whose answer is lost is found by its name, not repeated", async () => {
  let lost = 0;
  await start({
    after: ({ action }) => (action === "SubmitJob" && lost++ === 0 ? "drop" : undefined),
  });
  await expectCompleted(invoke());
  expect(lost).toBe(2);
});
