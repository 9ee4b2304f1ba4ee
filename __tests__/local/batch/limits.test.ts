import {
  CreateJobQueueCommand,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  SubmitJobCommand,
  type SubmitJobCommandInput,
} from "@aws-sdk/client-batch";
import { type TestBatch, testBatch } from "./setup";

let batch: TestBatch;

beforeAll(async () => {
  batch = await testBatch();
  batch.server.batch.addQueue({ name: "fifo", fairShare: false });
  await batch.client.send(
    new CreateJobQueueCommand({
      jobQueueName: "off",
      state: "DISABLED",
      priority: 1,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: "ce" }],
    }),
  );
});

afterAll(async () => {
  await batch.close();
});

const good: SubmitJobCommandInput = {
  jobName: "n",
  jobQueue: "q",
  jobDefinition: "d",
  shareIdentifier: "p1",
};

const SUBMIT = "https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html";
const QUOTAS = "https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html";
const ARRAYS = "https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html";
const TIMEOUTS = "https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html";
const RETRIES = "https://docs.aws.amazon.com/batch/latest/APIReference/API_RetryStrategy.html";
const RULE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html";
const VARIABLES = "https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html";
const PATTERN =
  "it must begin with a letter or digit and hold at most 128 letters, digits, hyphens and underscores";

describe("SubmitJob refuses", () => {
  test.each<[what: string, source: string, input: Partial<SubmitJobCommandInput>, message: string]>(
    [
      [
        "a name of 129 characters",
        SUBMIT,
        { jobName: "a".repeat(129) },
        `jobName ${JSON.stringify("a".repeat(129))} is not valid: ${PATTERN}`,
      ],
      ["a name with a slash", SUBMIT, { jobName: "a/b" }, `jobName "a/b" is not valid: ${PATTERN}`],
      [
        "a name that begins with _",
        SUBMIT,
        { jobName: "_a" },
        `jobName "_a" is not valid: ${PATTERN}`,
      ],
      ["an unknown queue", SUBMIT, { jobQueue: "x" }, 'the job queue "x" does not exist'],
      ["a disabled queue", SUBMIT, { jobQueue: "off" }, 'the job queue "off" is disabled'],
      [
        "an unknown definition",
        SUBMIT,
        { jobDefinition: "x:1" },
        'the job definition "x:1" does not exist',
      ],
      [
        "an unknown revision",
        SUBMIT,
        { jobDefinition: "d:2" },
        'the job definition "d:2" does not exist',
      ],
      [
        "a definition of another account",
        SUBMIT,
        { jobDefinition: "arn:aws:batch:ap-northeast-2:999999999999:job-definition/d:1" },
        'the job definition "arn:aws:batch:ap-northeast-2:999999999999:job-definition/d:1" does not exist',
      ],
      [
        "21 dependencies",
        QUOTAS,
        { dependsOn: Array.from({ length: 21 }, () => ({ jobId: "x" })) },
        "dependsOn takes at most 20 jobs, got 21",
      ],
      [
        "an unknown dependency",
        SUBMIT,
        { dependsOn: [{ jobId: "x" }] },
        'the job "x" in dependsOn does not exist',
      ],
      [
        "a fair-share queue without a share",
        SUBMIT,
        { shareIdentifier: undefined },
        'shareIdentifier is missing; the job queue "q" has a fair-share scheduling policy',
      ],
      [
        "a share on a queue without a policy",
        SUBMIT,
        { jobQueue: "fifo" },
        'shareIdentifier must be left out; the job queue "fifo" has no fair-share scheduling policy',
      ],
      [
        "a share with a hyphen",
        SUBMIT,
        { shareIdentifier: "a-b" },
        'shareIdentifier "a-b" is not valid: it takes 1 to 255 letters and digits',
      ],
      [
        "a priority of 10000",
        SUBMIT,
        { schedulingPriorityOverride: 10000 },
        "schedulingPriorityOverride must be between 0 and 9999, got 10000",
      ],
      [
        "a timeout of 59 seconds",
        TIMEOUTS,
        { timeout: { attemptDurationSeconds: 59 } },
        "timeout.attemptDurationSeconds must be at least 60, got 59",
      ],
      [
        "11 attempts",
        RETRIES,
        { retryStrategy: { attempts: 11 } },
        "retryStrategy.attempts must be between 1 and 10, got 11",
      ],
      [
        "rules without attempts",
        RETRIES,
        { retryStrategy: { evaluateOnExit: [{ action: "EXIT", onReason: "*" }] } },
        "retryStrategy.attempts must be given where evaluateOnExit is",
      ],
      [
        "6 rules",
        RULE,
        {
          retryStrategy: {
            attempts: 2,
            evaluateOnExit: Array.from({ length: 6 }, () => ({
              action: "EXIT" as const,
              onReason: "*",
            })),
          },
        },
        "retryStrategy.evaluateOnExit takes at most 5 rules, got 6",
      ],
      [
        "an asterisk within a pattern",
        RULE,
        {
          retryStrategy: { attempts: 2, evaluateOnExit: [{ action: "EXIT", onReason: "a*b" }] },
        },
        'retryStrategy.evaluateOnExit[0].onReason "a*b" is not a pattern that Batch takes',
      ],
      [
        "letters in an exit code",
        RULE,
        {
          retryStrategy: { attempts: 2, evaluateOnExit: [{ action: "EXIT", onExitCode: "x" }] },
        },
        'retryStrategy.evaluateOnExit[0].onExitCode "x" is not a pattern that Batch takes',
      ],
      [
        "variables that Batch sets",
        VARIABLES,
        { containerOverrides: { environment: [{ name: "AWS_BATCH_JOB_ID", value: "x" }] } },
        'containerOverrides.environment holds "AWS_BATCH_JOB_ID": names must not be empty nor begin with AWS_BATCH',
      ],
      [
        "an array of one child",
        ARRAYS,
        { arrayProperties: { size: 1 } },
        "arrayProperties.size must be between 2 and 10000, got 1",
      ],
    ],
  )("%s (%s)", async (_what, _source, input, message) => {
    const sent = batch.client.send(new SubmitJobCommand({ ...good, ...input }));
    await expect(sent).rejects.toMatchObject({ name: "ClientException", message });
  });

  test(`a payload above 30 KiB (${QUOTAS})`, async () => {
    const value = "x".repeat(31 * 1024);
    const containerOverrides = { environment: [{ name: "LONG", value }] };
    const sent = batch.client.send(new SubmitJobCommand({ ...good, containerOverrides }));
    await expect(sent).rejects.toMatchObject({
      name: "ClientException",
      message: /^the request takes \d+ bytes, at most 30720 are allowed$/u,
    });
  });

  test("and takes a name of 128 characters, 20 dependencies and the ARNs of queue and definition", async () => {
    const first = await batch.submit("first");
    const id = await batch.submit("a".repeat(128), {
      jobQueue: "arn:aws:batch:ap-northeast-2:111122223333:job-queue/q",
      jobDefinition: "arn:aws:batch:ap-northeast-2:111122223333:job-definition/d:1",
      dependsOn: Array.from({ length: 20 }, () => ({ jobId: first })),
    });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
  });
});

describe("RegisterJobDefinition refuses", () => {
  const definition: RegisterJobDefinitionCommandInput = {
    jobDefinitionName: "x",
    type: "container",
    containerProperties: { image: "i" },
  };
  test.each<[what: string, input: Partial<RegisterJobDefinitionCommandInput>, message: string]>([
    [
      "a name with a dot",
      { jobDefinitionName: "a.b" },
      `jobDefinitionName "a.b" is not valid: ${PATTERN}`,
    ],
    [
      "multi-node jobs",
      {
        type: "multinode",
        containerProperties: undefined,
        nodeProperties: { numNodes: 2, mainNode: 0, nodeRangeProperties: [] },
      },
      'job definitions of type "multinode" without containerProperties can not be run on one machine; it runs containers of type "container"',
    ],
    [
      "a container without an image",
      { containerProperties: {} },
      "containerProperties.image is missing",
    ],
  ])("%s", async (_what, input, message) => {
    const sent = batch.client.send(new RegisterJobDefinitionCommand({ ...definition, ...input }));
    await expect(sent).rejects.toMatchObject({ name: "ClientException", message });
  });

  test("and counts revisions", async () => {
    for (const revision of [1, 2])
      expect(await batch.client.send(new RegisterJobDefinitionCommand(definition))).toMatchObject({
        jobDefinitionArn: `arn:aws:batch:ap-northeast-2:111122223333:job-definition/x:${String(revision)}`,
        revision,
      });
  });
});
