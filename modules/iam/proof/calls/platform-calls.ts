import {
  actionKey,
  announcedKey,
  type ChannelSpec,
  claimKey,
  currentSpecKey,
  dayKey,
  ENV,
  FUNCTION_JOB_ID,
  intentKey,
  jobStatusKey,
  type PartnerSpec,
  partnerPrefix,
  pausesPrefix,
  retryKey,
  runPrefix,
  specKey,
  stepPrefix,
  stepReportKey,
  type StepSpec,
  submittedKey,
} from "../../../contract";
import type { FunctionUse } from "../deployment";
import type { AwsCall, SdkCall } from "./call";
import { SAMPLE_JOB, sampleRun } from "./job-calls";

type Call = (say: string, service: string, command: string, input: SdkCall["input"]) => AwsCall;

const DIGEST = "0".repeat(64);
const DAY = "2026-03-01";

/** What the functions of the platform call for every partner of the environment. */
export function platformCalls(use: FunctionUse, specs: readonly PartnerSpec[]): AwsCall[] {
  const call: Call = (say, service, command, input) => ({
    role: use.role,
    say,
    known: "modelled",
    call: { service, command, input },
  });
  const ledger = use.variables[ENV.ledgerBucket] ?? "";
  const QueueUrl = use.variables[ENV.announcementsQueueUrl] ?? "";
  const s3 = (say: string, command: string, input: SdkCall["input"]): AwsCall =>
    call(say, "S3", command, { Bucket: ledger, ...input });
  switch (use.name.slice(use.name.lastIndexOf("--") + 2)) {
    case "reconcile":
      return [
        s3("find the partners", "ListObjectsV2", { Prefix: "" }),
        ...specs.flatMap((spec) => [...expectationCalls(spec, s3), ...settleCalls(spec, s3, call)]),
        call("announce", "SQS", "SendMessage", { QueueUrl }),
      ];
    case "escalate":
      return [
        ...specs.flatMap((spec) => settleCalls(spec, s3, call)),
        call("announce", "SQS", "SendMessage", { QueueUrl }),
      ];
    case "notify":
      return [
        ...["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"].map(
          (command) => call("empty the queue", "SQS", command, { QueueUrl }),
        ),
        ...specs.flatMap((spec) => tellCalls(spec, s3, call)),
        call("tell the platform's people", "SNS", "Publish", {
          TopicArn: use.variables[ENV.alertsTopicArn],
        }),
      ];
    default:
      return [];
  }
}

type S3Call = (say: string, command: string, input: SdkCall["input"]) => AwsCall;

function expectationCalls({ partner }: PartnerSpec, s3: S3Call): AwsCall[] {
  const run = sampleRun(partner);
  const Key = currentSpecKey(partner);
  return [
    s3("look for what is deployed", "ListObjectsV2", { Prefix: Key }),
    s3("read what is deployed", "GetObject", { Key }),
    s3("read how large a delivery was", "GetObject", { Key: dayKey(DAY, run, "delivered") }),
  ];
}

/** Looking after a run: read its facts, submit what is missing, end what is not wanted, record it. */
function settleCalls(spec: PartnerSpec, s3: S3Call, call: Call): AwsCall[] {
  const { partner } = spec;
  const run = sampleRun(partner);
  const create = (say: string, Key: string): AwsCall =>
    s3(say, "PutObject", { Key, IfNoneMatch: "*" });
  const read = (say: string, Key: string): AwsCall => s3(say, "GetObject", { Key });
  const action = actionKey(run, `${DAY}T00:00:00.000Z`, "escalate-fetch-2");
  const ended = (["delivered", "failed", "cancelled", "told"] as const).map((fact) =>
    create("close a run in the index", dayKey(DAY, run, fact)),
  );
  return [
    s3("list the runs of a day", "ListObjectsV2", { Prefix: `${partnerPrefix(partner)}days/` }),
    s3("know whether a partner is paused", "ListObjectsV2", { Prefix: pausesPrefix(partner) }),
    s3("list the runs of one day", "ListObjectsV2", {
      Prefix: `${partnerPrefix(partner)}days/${DAY}/`,
    }),
    s3("list the facts of a run", "ListObjectsV2", { Prefix: runPrefix(run) }),
    // A key that may be missing is listed first: that tells missing from forbidden.
    s3("look who claimed a run", "ListObjectsV2", { Prefix: claimKey(run) }),
    s3("look what a run is", "ListObjectsV2", { Prefix: dayKey(DAY, run, "claimed") }),
    s3("look for the plan of a later attempt", "ListObjectsV2", { Prefix: retryKey(run) }),
    read("read who claimed a run", claimKey(run)),
    read("read what a run is", dayKey(DAY, run, "claimed")),
    read("read the spec of a run", specKey(partner, DIGEST)),
    create("claim a run for a trigger that died", claimKey(run)),
    create("put a run into the index of its day", dayKey(DAY, run, "claimed")),
    create("record a decision", action),
    read("read a decision", action),
    create("plan a later attempt", retryKey(run)),
    read("read the plan of a later attempt", retryKey(run)),
    ...ended,
    ...[...spec.chains.order, ...spec.chains.discovery].flatMap((step) =>
      stepCalls(spec, step, s3, call),
    ),
    call("ask what became of jobs", "Batch", "DescribeJobs", { jobs: [SAMPLE_JOB] }),
    call("find a job whose submission got no answer", "Batch", "ListJobs", {}),
    call("end a job of a cancelled run", "Batch", "TerminateJob", {
      jobId: SAMPLE_JOB,
      tags: { ...spec.jobTags, partner },
    }),
  ];
}

function stepCalls(spec: PartnerSpec, step: StepSpec, s3: S3Call, call: Call): AwsCall[] {
  const run = sampleRun(spec.partner);
  const ref = { ...run, step: step.name, generation: 2 };
  const intent = { Key: intentKey(ref) };
  const status = { Key: jobStatusKey(ref, SAMPLE_JOB, "FAILED") };
  const told = { Key: jobStatusKey(ref, FUNCTION_JOB_ID, "FAILED") };
  const tags = {
    ...spec.jobTags,
    partner: spec.partner,
    orderKey: run.orderKey,
    step: step.name,
  };
  return [
    s3("write the intent to submit", "PutObject", { ...intent, IfNoneMatch: "*" }),
    s3("read another's intent", "GetObject", intent),
    s3("take an intent over", "PutObject", { ...intent, IfMatch: '"etag"' }),
    s3("look whether a step was submitted", "ListObjectsV2", { Prefix: submittedKey(ref) }),
    s3("read what was submitted", "GetObject", { Key: submittedKey(ref) }),
    s3("record what was submitted", "PutObject", { Key: submittedKey(ref), IfNoneMatch: "*" }),
    s3("record what became of a job", "PutObject", { ...status, IfNoneMatch: "*" }),
    s3("read what became of a job", "GetObject", status),
    s3("tell that a function did not do its step", "PutObject", { ...told, IfNoneMatch: "*" }),
    s3("read what a function told", "GetObject", told),
    s3("find what a job's workers told", "ListObjectsV2", {
      Prefix: `${stepPrefix(ref)}${SAMPLE_JOB}.`,
    }),
    s3("read what a worker told", "GetObject", { Key: stepReportKey(ref, SAMPLE_JOB, 1) }),
    s3("read what a child's worker told", "GetObject", {
      Key: stepReportKey(ref, SAMPLE_JOB, 1, 0),
    }),
    ...[step.queues.standard, step.queues.onDemand].map((jobQueue) =>
      call("submit a step", "Batch", "SubmitJob", {
        jobQueue,
        jobDefinition: `${step.jobDefinition}:7`,
        shareIdentifier: spec.shareIdentifier,
        tags,
      }),
    ),
  ];
}

function tellCalls(spec: PartnerSpec, s3: S3Call, call: Call): AwsCall[] {
  const { partner, notifications } = spec;
  const Key = announcedKey(partner, "id.channel");
  return [
    s3("look for a partner's settings", "ListObjectsV2", { Prefix: specKey(partner, DIGEST) }),
    s3("read a partner's settings", "GetObject", { Key: specKey(partner, DIGEST) }),
    s3("look whether it was told", "ListObjectsV2", { Prefix: Key }),
    s3("read that it was told", "GetObject", { Key }),
    s3("record that it was told", "PutObject", { Key, IfNoneMatch: "*" }),
    ...Object.values(notifications?.channels ?? {}).map((channel) => channelCall(channel, call)),
  ];
}

function channelCall(channel: ChannelSpec, call: Call): AwsCall {
  switch (channel.kind) {
    case "slack":
      return secretCall(channel.webhookSecretArn, call);
    case "http":
      return secretCall(channel.hmacSecretArn, call);
    case "lambda":
      return call("tell a partner's function", "Lambda", "Invoke", {
        FunctionName: channel.functionArn,
      });
    case "sns":
      return call("tell a partner's topic", "SNS", "Publish", { TopicArn: channel.topicArn });
  }
}

const secretCall = (arn: string, call: Call): AwsCall =>
  arn.split(":")[2] === "ssm"
    ? call("read the secret of a channel", "SSM", "GetParameters", { Names: [arn] })
    : call("read the secret of a channel", "SecretsManager", "GetSecretValue", { SecretId: arn });
