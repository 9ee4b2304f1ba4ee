import { detail, GUIDE, reaches, type Rule, settled, show, started } from "./rules";

const HOST = /^Host EC2 \(instance i-[0-9a-f]{17}\) terminated\.$/u;

const RULES: readonly Rule[] = [
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

test.each(RULES)("$rule ($url)", show);
