import {
  CancelJobCommand,
  DescribeJobsCommand,
  type JobDetail,
  ListJobsCommand,
  type SubmitJobCommandInput,
  TerminateJobCommand,
} from "@aws-sdk/client-batch";
import { type QueueBlocked } from "../../../local/batch";
import { type Script } from "./scripted-runtime";
import { type TestBatch, testBatch } from "./setup";

const GUIDE = "https://docs.aws.amazon.com/batch/latest/userguide/";
const API = "https://docs.aws.amazon.com/batch/latest/APIReference/";

/** A documented rule, and what shows it. */
interface Rule {
  readonly rule: string;
  readonly url: string;
  readonly scripts?: Readonly<Record<string, readonly Script[]>>;
  readonly concurrency?: number;
  readonly shows: (batch: TestBatch, blocked: readonly QueueBlocked[]) => Promise<void>;
}

const detail = async (batch: TestBatch, jobId: string): Promise<JobDetail> => {
  const { jobs } = await batch.client.send(new DescribeJobsCommand({ jobs: [jobId] }));
  if (jobs?.[0] === undefined) throw new Error(`no job ${jobId}`);
  return jobs[0];
};

const reaches = async (batch: TestBatch, jobId: string, status: string): Promise<void> => {
  while (!batch.statuses(jobId).includes(status)) await new Promise(setImmediate);
};

/** Lets everything happen that does not need time or a container's end. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
};

const array = (size: number): Partial<SubmitJobCommandInput> => ({ arrayProperties: { size } });

/** Names of the jobs that were started, in their order. */
const started = (batch: TestBatch): string[] =>
  batch.runtime.started.map(({ jobName, environment }) =>
    [jobName, environment["AWS_BATCH_JOB_ARRAY_INDEX"]].filter(Boolean).join(":"),
  );

const HOST = /^Host EC2 \(instance i-[0-9a-f]{17}\) terminated\.$/u;

const RULES: readonly Rule[] = [
  {
    rule: "children of an array job have the parent's id with their index, and know both index and size",
    url: `${GUIDE}array_jobs.html`,
    shows: async (batch) => {
      const id = await batch.submit("ok", array(3));
      await batch.server.batch.idle();
      expect(batch.runtime.started.map(({ jobId }) => jobId)).toEqual([
        `${id}:0`,
        `${id}:1`,
        `${id}:2`,
      ]);
      expect(batch.runtime.started[2]?.environment).toMatchObject({
        AWS_BATCH_JOB_ID: `${id}:2`,
        AWS_BATCH_JOB_ARRAY_INDEX: "2",
        AWS_BATCH_JOB_ARRAY_SIZE: "3",
      });
      expect(await detail(batch, `${id}:1`)).toMatchObject({
        status: "SUCCEEDED",
        arrayProperties: { index: 1 },
      });
    },
  },
  {
    rule: "the parent stays PENDING while children run, and counts them by status",
    url: `${GUIDE}job_states.html`,
    scripts: { hold: ["runs"] },
    shows: async (batch) => {
      const id = await batch.submit("hold", array(3));
      await reaches(batch, `${id}:1`, "RUNNING");
      expect(await detail(batch, id)).toMatchObject({
        status: "PENDING",
        arrayProperties: { size: 3, statusSummary: { RUNNING: 2, RUNNABLE: 1 } },
      });
      expect(batch.statuses(id)).toEqual(["SUBMITTED", "PENDING"]);
    },
  },
  {
    rule: "a failed child fails the parent, but only when all children have ended",
    url: `${GUIDE}array_jobs.html`,
    scripts: { some: [{ exit: { exitCode: 1 } }] },
    shows: async (batch) => {
      const id = await batch.submit("some", array(4));
      await batch.server.batch.idle();
      expect(await detail(batch, id)).toMatchObject({
        status: "FAILED",
        arrayProperties: { size: 4, statusSummary: { FAILED: 4 } },
      });
      expect(batch.events.at(-1)?.detail.jobId).toBe(id);
      expect(started(batch)).toHaveLength(4);
    },
  },
  {
    rule: "each child is retried on its own",
    url: `${GUIDE}array_jobs.html`,
    scripts: { again: [{ exit: { exitCode: 75 } }] },
    shows: async (batch) => {
      const id = await batch.submit("again", array(2));
      await batch.server.batch.idle();
      expect((await detail(batch, id)).status).toBe("SUCCEEDED");
      expect((await detail(batch, `${id}:0`)).attempts).toHaveLength(2);
      expect((await detail(batch, `${id}:1`)).attempts).toHaveLength(2);
    },
  },
  {
    rule: "an array takes 2 to 10,000 children",
    url: `${GUIDE}array_jobs.html`,
    shows: async (batch) => {
      for (const size of [1, 10_001])
        await expect(batch.submit("ok", array(size))).rejects.toThrow(
          `arrayProperties.size must be between 2 and 10000, got ${String(size)}`,
        );
    },
  },
  {
    rule: "ListJobs with arrayJobId lists children; a queue lists parents alone",
    url: `${API}API_ListJobs.html`,
    shows: async (batch) => {
      const id = await batch.submit("ok", array(2));
      await batch.server.batch.idle();
      const children = await batch.client.send(
        new ListJobsCommand({ arrayJobId: id, jobStatus: "SUCCEEDED" }),
      );
      expect(children.jobSummaryList?.map(({ jobId }) => jobId)).toEqual([`${id}:1`, `${id}:0`]);
      const all = await batch.client.send(
        new ListJobsCommand({ jobQueue: "q", jobStatus: "SUCCEEDED" }),
      );
      expect(all.jobSummaryList?.map(({ jobId }) => jobId)).toEqual([id]);
    },
  },
  {
    rule: "SEQUENTIAL: a child waits for the one before it",
    url: `${GUIDE}job_dependencies.html`,
    scripts: { hold: ["runs"] },
    shows: async (batch) => {
      const id = await batch.submit("hold", { ...array(3), dependsOn: [{ type: "SEQUENTIAL" }] });
      await reaches(batch, `${id}:0`, "RUNNING");
      await settled();
      expect(started(batch)).toEqual(["hold:0"]);
      batch.runtime.finish("hold");
      await reaches(batch, `${id}:1`, "RUNNING");
      expect(started(batch)).toEqual(["hold:0", "hold:1"]);
    },
  },
  {
    rule: "N_TO_N: a child waits for the child of the same index, and fails with it alone",
    url: `${GUIDE}job_dependencies.html`,
    shows: async (batch) => {
      const first = await batch.submit("ok", array(2));
      const second = await batch.submit("then", {
        ...array(2),
        dependsOn: [{ jobId: first, type: "N_TO_N" }],
      });
      await batch.server.batch.idle();
      expect((await detail(batch, second)).status).toBe("SUCCEEDED");
      expect(started(batch).indexOf("ok:1")).toBeLessThan(started(batch).indexOf("then:1"));
      await expect(
        batch.submit("then", { ...array(3), dependsOn: [{ jobId: first, type: "N_TO_N" }] }),
      ).rejects.toThrow(
        `the job "${first}" in dependsOn of type N_TO_N must be an array job of the same size`,
      );
    },
  },
  {
    rule: "a job that depends on an array job waits for all children, and fails when one failed",
    url: `${GUIDE}job_dependencies.html`,
    scripts: { bad: [{ exit: { exitCode: 1 } }] },
    shows: async (batch) => {
      const parent = await batch.submit("bad", array(2));
      const next = await batch.submit("next", { dependsOn: [{ jobId: parent }] });
      await batch.server.batch.idle();
      expect(await detail(batch, next)).toMatchObject({
        status: "FAILED",
        statusReason: "Dependent Job failed",
      });
    },
  },
  {
    rule: "terminating an array job ends its children, whatever they do",
    url: `${API}API_TerminateJob.html`,
    scripts: { hold: ["runs"] },
    shows: async (batch) => {
      const id = await batch.submit("hold", array(3));
      await reaches(batch, `${id}:0`, "RUNNING");
      await batch.client.send(new TerminateJobCommand({ jobId: id, reason: "enough" }));
      await settled();
      batch.runtime.finish("hold");
      await reaches(batch, `${id}:2`, "FAILED");
      expect((await detail(batch, `${id}:2`)).statusReason).toBe("enough");
    },
  },
  {
    rule: "cancelling an array job spares the children that run",
    url: `${API}API_CancelJob.html`,
    scripts: { hold: ["runs"] },
    concurrency: 1,
    shows: async (batch) => {
      const id = await batch.submit("hold", array(2));
      await reaches(batch, `${id}:0`, "RUNNING");
      await batch.client.send(new CancelJobCommand({ jobId: id, reason: "not today" }));
      await reaches(batch, `${id}:1`, "FAILED");
      batch.runtime.finish("hold");
      await batch.server.batch.idle();
      expect((await detail(batch, `${id}:0`)).status).toBe("SUCCEEDED");
      expect(await detail(batch, `${id}:1`)).toMatchObject({ statusReason: "not today" });
      expect((await detail(batch, id)).status).toBe("FAILED");
    },
  },
  {
    rule: "a Spot host that goes without notice leaves no exit code, and its job is tried again",
    url: `${GUIDE}job_retries.html`,
    scripts: { spot: ["runs"] },
    shows: async (batch) => {
      const id = await batch.submit("spot", { jobQueue: "spot" });
      await reaches(batch, id, "RUNNING");
      batch.server.batch.reclaim(id, { notice: false });
      await batch.server.batch.idle();
      const { status, attempts = [] } = await detail(batch, id);
      expect(status).toBe("SUCCEEDED");
      expect(attempts[0]?.statusReason).toMatch(HOST);
      expect(attempts[0]?.container?.exitCode).toBeUndefined();
      expect(batch.runtime.stopped).toEqual([{ jobName: "spot", graceSeconds: 0 }]);
    },
  },
  {
    rule: "a Spot notice gives a container two minutes; one that ends in them ends with its own code",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html",
    scripts: { spot: ["runs"] },
    shows: async (batch) => {
      batch.runtime.exitWhenStopped = 75;
      const id = await batch.submit("spot", { jobQueue: "spot" });
      await reaches(batch, id, "RUNNING");
      batch.server.batch.reclaim(id, { notice: true });
      await batch.server.batch.idle();
      expect(batch.runtime.stopped).toEqual([{ jobName: "spot", graceSeconds: 120 }]);
      expect((await detail(batch, id)).attempts?.map((a) => a.container?.exitCode)).toEqual([
        75, 0,
      ]);
    },
  },
  {
    rule: "a reclaimed job whose attempts are used up ends with the host's text",
    url: `${GUIDE}job_retries.html`,
    scripts: { spot: ["runs"] },
    shows: async (batch) => {
      const id = await batch.submit("spot", { jobQueue: "spot", retryStrategy: { attempts: 1 } });
      await reaches(batch, id, "RUNNING");
      batch.server.batch.reclaim(id, { notice: false });
      await batch.server.batch.idle();
      const { status, statusReason } = await detail(batch, id);
      expect(status).toBe("FAILED");
      expect(statusReason).toMatch(HOST);
    },
  },
  {
    rule: "Fargate Spot names the interruption, whatever code the task ends with",
    url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html",
    scripts: { spot: ["runs"] },
    shows: async (batch) => {
      const id = await batch.submit("spot", {
        jobQueue: "fargate",
        retryStrategy: { attempts: 1 },
      });
      await reaches(batch, id, "RUNNING");
      batch.server.batch.reclaim(id, { notice: true });
      await batch.server.batch.idle();
      expect(await detail(batch, id)).toMatchObject({
        status: "FAILED",
        statusReason: "Your Spot Task was interrupted.",
        container: { exitCode: 143 },
      });
    },
  },
  {
    rule: "on-demand capacity is not reclaimed",
    url: `${GUIDE}best-practices.html`,
    scripts: { od: ["runs"] },
    shows: async (batch) => {
      const id = await batch.submit("od", { jobQueue: "on-demand" });
      await reaches(batch, id, "RUNNING");
      expect(() => {
        batch.server.batch.reclaim(id, { notice: true });
      }).toThrow(`the job "${id}" can not be reclaimed: it runs on "od", which is not Spot`);
    },
  },
  {
    rule: "a job goes to the next compute environment of its queue when the first is full",
    url: `${GUIDE}job_queue_parameters.html`,
    scripts: { a: ["runs"], b: ["runs"] },
    shows: async (batch) => {
      const four = { resourceRequirements: [{ type: "VCPU" as const, value: "4" }] };
      await batch.submit("a", {
        jobQueue: "spot",
        containerOverrides: { command: ["a"], ...four },
      });
      const b = await batch.submit("b", {
        jobQueue: "spot",
        containerOverrides: { command: ["b"], ...four },
      });
      await reaches(batch, b, "RUNNING");
      expect(batch.runtime.started.map((c) => c.environment["AWS_BATCH_CE_NAME"])).toEqual([
        "spot",
        "od",
      ]);
    },
  },
  {
    rule: "a job goes to the next compute environment when the first has no capacity, and waits when none has",
    url: `${GUIDE}compute_environments.html`,
    shows: async (batch, blocked) => {
      batch.server.batch.setCapacity("spot", false);
      await batch.submit("a", { jobQueue: "spot" });
      await batch.server.batch.idle();
      expect(batch.runtime.started[0]?.environment["AWS_BATCH_CE_NAME"]).toBe("od");
      expect(blocked).toEqual([]);
      batch.server.batch.setCapacity("od", false);
      const b = await batch.submit("b", { jobQueue: "spot" });
      await reaches(batch, b, "RUNNABLE");
      await settled();
      expect((await detail(batch, b)).status).toBe("RUNNABLE");
      batch.server.batch.setCapacity("spot", true);
      await batch.server.batch.idle();
      expect((await detail(batch, b)).status).toBe("SUCCEEDED");
    },
  },
  {
    rule: "a queue whose head can not be placed is told of once, with job and queue",
    url: `${GUIDE}batch-job-queue-blocked-events.html`,
    shows: async (batch, blocked) => {
      batch.server.batch.setCapacity("od", false);
      const id = await batch.submit("a", { jobQueue: "on-demand" });
      await batch.submit("b", { jobQueue: "on-demand" });
      await reaches(batch, id, "RUNNABLE");
      await settled();
      expect(blocked).toHaveLength(1);
      expect(blocked[0]).toMatchObject({
        "detail-type": "Batch Job Queue Blocked",
        source: "aws.batch",
        resources: [
          `arn:aws:batch:ap-northeast-2:111122223333:job/${id}`,
          "arn:aws:batch:ap-northeast-2:111122223333:job-queue/on-demand",
        ],
        detail: { jobId: id, statusReason: "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY" },
      });
    },
  },
  {
    rule: "a job that waits at the head longer than the queue allows is cancelled, and not retried",
    url: `${GUIDE}job_stuck_in_runnable_time_limit_actions.html`,
    shows: async (batch) => {
      batch.server.batch.setCapacity("od", false);
      const first = await batch.submit("a", { jobQueue: "on-demand" });
      const second = await batch.submit("b", { jobQueue: "on-demand" });
      await reaches(batch, second, "RUNNABLE");
      await settled();
      batch.timers.advance(599);
      expect((await detail(batch, first)).status).toBe("RUNNABLE");
      batch.timers.advance(1);
      expect(await detail(batch, first)).toMatchObject({
        status: "FAILED",
        statusReason:
          "Canceled by JobStateTimeLimit action due to reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        attempts: [],
      });
      // Only the head's time runs.
      expect((await detail(batch, second)).status).toBe("RUNNABLE");
      batch.timers.advance(600);
      expect((await detail(batch, second)).status).toBe("FAILED");
    },
  },
  {
    rule: "a job that no compute environment is large enough for blocks its queue as misconfigured",
    url: `${GUIDE}job_stuck_in_runnable_time_limit_actions.html`,
    shows: async (batch, blocked) => {
      const id = await batch.submit("big", {
        jobQueue: "on-demand",
        containerOverrides: {
          command: ["big"],
          resourceRequirements: [{ type: "VCPU", value: "64" }],
        },
      });
      await reaches(batch, id, "RUNNABLE");
      await settled();
      expect(blocked.map((event) => event.detail.statusReason)).toEqual([
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
      ]);
    },
  },
  {
    rule: "where queues share a compute environment, the one of the higher priority is served first",
    url: `${GUIDE}job_queue_parameters.html`,
    scripts: { hold: ["runs"] },
    shows: async (batch) => {
      const whole = { resourceRequirements: [{ type: "VCPU" as const, value: "4" }] };
      const submit = (name: string, jobQueue: string): Promise<string> =>
        batch.submit(name, { jobQueue, containerOverrides: { command: [name], ...whole } });
      await reaches(batch, await submit("hold", "on-demand"), "RUNNING");
      batch.server.batch.setCapacity("spot", false);
      await submit("low", "spot");
      await reaches(batch, await submit("high", "on-demand"), "RUNNABLE");
      await settled();
      batch.runtime.finish("hold");
      await batch.server.batch.idle();
      expect(started(batch)).toEqual(["hold", "high", "low"]);
    },
  },
  {
    rule: "shares of a queue take turns: ten jobs of one do not stand before the first of another",
    url: `${GUIDE}fair-share-scheduling-policies.html`,
    scripts: { first: ["runs"], many0: ["runs"] },
    concurrency: 2,
    shows: async (batch) => {
      await reaches(batch, await batch.submit("first", { shareIdentifier: "many" }), "RUNNING");
      await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          batch.submit(`many${String(n)}`, { shareIdentifier: "many" }),
        ),
      );
      await reaches(batch, await batch.submit("few", { shareIdentifier: "few" }), "RUNNABLE");
      expect(started(batch)).toEqual(["first", "many0"]);
      batch.runtime.finish("first");
      await settled();
      batch.runtime.finish("many0");
      await batch.server.batch.idle();
      expect(started(batch).slice(0, 3)).toEqual(["first", "many0", "few"]);
      expect(started(batch)).toHaveLength(12);
    },
  },
  {
    rule: "within a share the job of the highest scheduling priority is first",
    url: `${GUIDE}job_definition_parameters.html`,
    scripts: { hold: ["runs"] },
    concurrency: 1,
    shows: async (batch) => {
      await reaches(batch, await batch.submit("hold"), "RUNNING");
      await batch.submit("low", { schedulingPriorityOverride: 1 });
      await reaches(
        batch,
        await batch.submit("high", { schedulingPriorityOverride: 9 }),
        "RUNNABLE",
      );
      batch.runtime.finish("hold");
      await batch.server.batch.idle();
      expect(started(batch)).toEqual(["hold", "high", "low"]);
    },
  },
  {
    rule: "a failed attempt that no rule names is tried again",
    url: `${GUIDE}job_retries.html`,
    scripts: { odd: [{ exit: { exitCode: 42 } }] },
    shows: async (batch) => {
      const id = await batch.submit("odd", {
        retryStrategy: { attempts: 2, evaluateOnExit: [{ onExitCode: "1", action: "EXIT" }] },
      });
      await batch.server.batch.idle();
      expect(await detail(batch, id)).toMatchObject({ status: "SUCCEEDED" });
      expect((await detail(batch, id)).attempts).toHaveLength(2);
    },
  },
  {
    rule: "an attempt that takes longer than its timeout fails the job, and is never retried",
    url: `${GUIDE}job_timeouts.html`,
    scripts: { slow: ["runs"] },
    shows: async (batch) => {
      const id = await batch.submit("slow", {
        retryStrategy: { attempts: 3 },
        timeout: { attemptDurationSeconds: 60 },
      });
      await reaches(batch, id, "RUNNING");
      batch.timers.advance(60);
      await batch.server.batch.idle();
      expect(await detail(batch, id)).toMatchObject({
        status: "FAILED",
        statusReason: "Job attempt duration exceeded timeout",
      });
      expect(batch.runtime.stopped).toEqual([{ jobName: "slow", graceSeconds: 30 }]);
      expect((await detail(batch, id)).attempts).toHaveLength(1);
    },
  },
];

let batch: TestBatch | undefined;

afterEach(async () => {
  await batch?.close();
  batch = undefined;
});

test.each(RULES)("$rule ($url)", async ({ scripts, concurrency, shows }) => {
  const blocked: QueueBlocked[] = [];
  batch = await testBatch(scripts, {
    ...(concurrency === undefined ? {} : { concurrency }),
    onQueueBlocked: (event) => void blocked.push(event),
  });
  const { batch: local } = batch.server;
  local.addComputeEnvironment({ name: "spot", kind: "ec2-spot", maxVcpus: 4 });
  local.addComputeEnvironment({ name: "od", kind: "ec2", maxVcpus: 4 });
  local.addComputeEnvironment({ name: "fargate", kind: "fargate-spot" });
  local.addQueue({ name: "spot", priority: 10, computeEnvironments: ["spot", "od"] });
  local.addQueue({
    name: "on-demand",
    priority: 20,
    computeEnvironments: ["od"],
    timeLimits: [
      {
        reason: "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        state: "RUNNABLE",
        maxTimeSeconds: 600,
        action: "CANCEL",
      },
    ],
  });
  local.addQueue({ name: "fargate", computeEnvironments: ["fargate"] });
  await shows(batch, blocked);
});

test("an array of 10,000 children ends with all of them", async () => {
  batch = await testBatch({}, { concurrency: 64 });
  const id = await batch.submit("ok", array(10_000));
  await batch.server.batch.idle();
  expect(await detail(batch, id)).toMatchObject({
    status: "SUCCEEDED",
    arrayProperties: { size: 10_000, statusSummary: { SUCCEEDED: 10_000 } },
  });
});
