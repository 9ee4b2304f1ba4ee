import {
  CancelJobCommand,
  DescribeJobsCommand,
  type JobDetail,
  TerminateJobCommand,
} from "@aws-sdk/client-batch";
import { type TestBatch, testBatch } from "./setup";

let batch: TestBatch;

afterEach(async () => {
  await batch.close();
});

const detail = async (jobId: string): Promise<JobDetail> => {
  const { jobs } = await batch.client.send(new DescribeJobsCommand({ jobs: [jobId] }));
  if (jobs?.[0] === undefined) throw new Error(`no job ${jobId}`);
  return jobs[0];
};

/** Waits until a job has a status, without time passing for Batch. */
const reaches = async (jobId: string, status: string): Promise<void> => {
  while (!batch.statuses(jobId).includes(status)) await new Promise(setImmediate);
};

describe("states (https://docs.aws.amazon.com/batch/latest/userguide/job_states.html)", () => {
  test("a job goes through all states to SUCCEEDED", async () => {
    batch = await testBatch();
    const job = await batch.submit("ok");
    await batch.server.batch.idle();
    expect(batch.statuses(job)).toEqual([
      "SUBMITTED",
      "RUNNABLE",
      "STARTING",
      "RUNNING",
      "SUCCEEDED",
    ]);
    expect(await detail(job)).toMatchObject({
      jobName: "ok",
      jobQueue: "arn:aws:batch:ap-northeast-2:111122223333:job-queue/q",
      jobDefinition: "arn:aws:batch:ap-northeast-2:111122223333:job-definition/d:1",
      status: "SUCCEEDED",
      statusReason: "Essential container in task exited",
      container: { exitCode: 0 },
      attempts: [{ container: { exitCode: 0 } }],
    });
  });

  test("a container gets the definition's variables, the job's, and Batch's own", async () => {
    batch = await testBatch();
    const job = await batch.submit("ok", {
      containerOverrides: {
        command: ["ok", "Ref::what"],
        environment: [
          { name: "FROM_JOB", value: "2" },
          { name: "FROM_DEFINITION", value: "overridden" },
        ],
      },
      parameters: { what: "that" },
    });
    await batch.server.batch.idle();
    expect(batch.runtime.started[0]).toMatchObject({ command: ["ok", "that"], attempt: 1 });
    expect(batch.runtime.started[0]?.environment).toEqual({
      FROM_DEFINITION: "overridden",
      FROM_JOB: "2",
      AWS_BATCH_JOB_ID: job,
      AWS_BATCH_JOB_ATTEMPT: "1",
      AWS_BATCH_CE_NAME: "local",
      AWS_BATCH_JQ_NAME: "q",
      AWS_REGION: "ap-northeast-2",
      AWS_DEFAULT_REGION: "ap-northeast-2",
    });
  });

  test("a queue runs no more containers at once than it may", async () => {
    batch = await testBatch({ a: ["runs"], b: ["runs"], c: ["runs"] }, { concurrency: 2 });
    const [a, b, c] = [
      await batch.submit("a"),
      await batch.submit("b"),
      await batch.submit("c"),
    ] as const;
    await reaches(b, "RUNNING");
    await reaches(c, "RUNNABLE");
    expect((await detail(a)).status).toBe("RUNNING");
    expect((await detail(c)).status).toBe("RUNNABLE");
    batch.runtime.finish("a");
    await reaches(c, "RUNNING");
    expect((await detail(a)).status).toBe("SUCCEEDED");
  });

  test("events have EventBridge's form", async () => {
    batch = await testBatch();
    const job = await batch.submit("ok");
    await batch.server.batch.idle();
    expect(batch.events.at(-1)).toMatchObject({
      version: "0",
      "detail-type": "Batch Job State Change",
      source: "aws.batch",
      account: "111122223333",
      region: "ap-northeast-2",
      time: "2023-11-14T22:13:20Z",
      resources: [`arn:aws:batch:ap-northeast-2:111122223333:job/${job}`],
      detail: { jobId: job, status: "SUCCEEDED" },
    });
  });
});

describe("dependencies (https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html)", () => {
  test("a job waits in PENDING for those before it", async () => {
    batch = await testBatch({ first: ["runs"] });
    const first = await batch.submit("first");
    const second = await batch.submit("second", { dependsOn: [{ jobId: first }] });
    await reaches(first, "RUNNING");
    await reaches(second, "PENDING");
    expect((await detail(second)).status).toBe("PENDING");
    batch.runtime.finish("first");
    await batch.server.batch.idle();
    expect(batch.statuses(second)).toEqual([
      "SUBMITTED",
      "PENDING",
      "RUNNABLE",
      "STARTING",
      "RUNNING",
      "SUCCEEDED",
    ]);
  });

  test("a job whose dependency fails never starts, nor does what depends on it", async () => {
    batch = await testBatch({ first: [{ exit: { exitCode: 65 } }] });
    const first = await batch.submit("first");
    const second = await batch.submit("second", { dependsOn: [{ jobId: first }] });
    const third = await batch.submit("third", { dependsOn: [{ jobId: second }] });
    await batch.server.batch.idle();
    expect((await detail(first)).status).toBe("FAILED");
    expect(await detail(second)).toMatchObject({
      status: "FAILED",
      statusReason: "Dependent Job failed",
      attempts: [],
    });
    expect((await detail(third)).statusReason).toBe("Dependent Job failed");
    expect(batch.runtime.started).toHaveLength(1);
  });

  test("a job that depends on one that has failed before fails too", async () => {
    batch = await testBatch({ first: [{ exit: { exitCode: 65 } }] });
    const first = await batch.submit("first");
    await batch.server.batch.idle();
    const second = await batch.submit("second", { dependsOn: [{ jobId: first }] });
    await batch.server.batch.idle();
    expect((await detail(second)).statusReason).toBe("Dependent Job failed");
  });
});

describe("retries (https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html)", () => {
  test("a host that went away, then a start that failed, then success", async () => {
    batch = await testBatch({
      job: [
        { exit: { statusReason: "Host EC2 (instance i-0abc) terminated." } },
        { failsToStart: "CannotPullContainerError: timeout" },
        { exit: { exitCode: 0 } },
      ],
    });
    const job = await batch.submit("job");
    await batch.server.batch.idle();
    const { status, attempts } = await detail(job);
    expect(status).toBe("SUCCEEDED");
    expect(attempts).toMatchObject([
      { statusReason: "Host EC2 (instance i-0abc) terminated." },
      {
        statusReason: "Task failed to start",
        container: { reason: "CannotPullContainerError: timeout" },
      },
      { container: { exitCode: 0 } },
    ]);
    expect(batch.statuses(job).filter((s) => s === "RUNNABLE")).toHaveLength(3);
    expect(
      batch.runtime.started.map(({ environment }) => environment["AWS_BATCH_JOB_ATTEMPT"]),
    ).toEqual(["1", "2", "3"]);
  });

  test("ends as FAILED when the attempts are used up", async () => {
    const interrupted = { exit: { exitCode: 75 } };
    batch = await testBatch({ job: [interrupted, interrupted, interrupted, interrupted] });
    const job = await batch.submit("job");
    await batch.server.batch.idle();
    expect(await detail(job)).toMatchObject({ status: "FAILED", container: { exitCode: 75 } });
    expect(batch.runtime.started).toHaveLength(3);
  });

  test("a job's own strategy stands in place of the definition's", async () => {
    batch = await testBatch({ job: [{ exit: { exitCode: 75 } }] });
    const job = await batch.submit("job", { retryStrategy: { attempts: 1 } });
    await batch.server.batch.idle();
    expect((await detail(job)).attempts).toHaveLength(1);
  });
});

describe("timeouts (https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html)", () => {
  test("an attempt that runs too long is stopped with 30 seconds of grace and not tried again", async () => {
    batch = await testBatch({ job: ["runs"] });
    const job = await batch.submit("job");
    await reaches(job, "RUNNING");
    batch.timers.advance(59);
    expect(batch.runtime.stopped).toEqual([]);
    batch.timers.advance(1);
    await batch.server.batch.idle();
    expect(batch.runtime.stopped).toEqual([{ jobName: "job", graceSeconds: 30 }]);
    expect(await detail(job)).toMatchObject({
      status: "FAILED",
      statusReason: "Job attempt duration exceeded timeout",
      attempts: [{ container: { exitCode: 143 } }],
    });
  });

  test("a container that ends with 0 when it is stopped has not done its work", async () => {
    batch = await testBatch({ job: ["runs"] });
    const job = await batch.submit("job");
    await reaches(job, "RUNNING");
    batch.runtime.exitWhenStopped = 0;
    batch.timers.advance(60);
    await batch.server.batch.idle();
    expect((await detail(job)).status).toBe("FAILED");
  });

  test("the countdown starts anew for each attempt", async () => {
    batch = await testBatch({ job: ["runs", "runs"] });
    const job = await batch.submit("job");
    await reaches(job, "RUNNING");
    batch.timers.advance(40);
    batch.runtime.finish("job", { exitCode: 75 });
    while (batch.runtime.started.length < 2) await new Promise(setImmediate);
    await new Promise(setImmediate);
    batch.timers.advance(40);
    expect(batch.runtime.stopped).toEqual([]);
    batch.runtime.finish("job");
    await batch.server.batch.idle();
    expect((await detail(job)).status).toBe("SUCCEEDED");
  });
});

describe("cancelling (https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html)", () => {
  const cancel = (jobId: string): Promise<unknown> =>
    batch.client.send(new CancelJobCommand({ jobId, reason: "not wanted" }));

  test("a runnable job fails with the reason", async () => {
    batch = await testBatch({ a: ["runs"] }, { concurrency: 1 });
    await reaches(await batch.submit("a"), "RUNNING");
    const b = await batch.submit("b");
    await reaches(b, "RUNNABLE");
    await cancel(b);
    expect(await detail(b)).toMatchObject({
      status: "FAILED",
      statusReason: "not wanted",
      isCancelled: true,
    });
  });

  test("a pending job fails when the jobs before it have ended", async () => {
    batch = await testBatch({ a: ["runs"] });
    const a = await batch.submit("a");
    const b = await batch.submit("b", { dependsOn: [{ jobId: a }] });
    await reaches(b, "PENDING");
    await cancel(b);
    expect(await detail(b)).toMatchObject({ status: "PENDING", isCancelled: true });
    batch.runtime.finish("a");
    await batch.server.batch.idle();
    expect(await detail(b)).toMatchObject({ status: "FAILED", statusReason: "not wanted" });
  });

  test("a running job goes on, and an unknown one is no error", async () => {
    batch = await testBatch({ a: ["runs"] });
    const a = await batch.submit("a");
    await reaches(a, "RUNNING");
    await cancel(a);
    await cancel("00000000-0000-0000-0000-000000000000");
    expect(await detail(a)).toMatchObject({ status: "RUNNING", isCancelled: false });
  });
});

describe("terminating (https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateJob.html)", () => {
  test("a running job is stopped, fails with the reason and is not tried again", async () => {
    batch = await testBatch({ a: ["runs"] });
    const a = await batch.submit("a", { retryStrategy: { attempts: 5 } });
    await reaches(a, "RUNNING");
    await batch.client.send(new TerminateJobCommand({ jobId: a, reason: "enough" }));
    await batch.server.batch.idle();
    expect(await detail(a)).toMatchObject({
      status: "FAILED",
      statusReason: "enough",
      isTerminated: true,
    });
    expect(batch.runtime.started).toHaveLength(1);
  });

  test("a pending job is ended at once", async () => {
    batch = await testBatch({ a: ["runs"] });
    const a = await batch.submit("a");
    const b = await batch.submit("b", { dependsOn: [{ jobId: a }] });
    await reaches(b, "PENDING");
    await batch.client.send(new TerminateJobCommand({ jobId: b, reason: "enough" }));
    expect(await detail(b)).toMatchObject({ status: "FAILED", statusReason: "enough" });
  });

  test("closing kills what runs and starts nothing more", async () => {
    batch = await testBatch({ a: ["runs"] }, { concurrency: 1 });
    const a = await batch.submit("a");
    await batch.submit("b");
    await reaches(a, "RUNNING");
    await batch.server.close();
    expect(batch.runtime.stopped).toEqual([{ jobName: "a", graceSeconds: 0 }]);
    expect(batch.runtime.started).toHaveLength(1);
  });
});
