import {
  actionKey,
  claimKey,
  dayKey,
  intentKey,
  jobStatusKey,
  type PartnerSpec,
  partnerPrefix,
  pausesPrefix,
  retryKey,
  runPrefix,
  type RunRef,
  specKey,
  type StepSpec,
  submittedKey,
} from "../../../contract";
import type { Deployment, FunctionUse, ScheduleUse } from "../deployment";
import type { AwsCall, PlainCall, SdkCall } from "./call";
import { SAMPLE_JOB, sampleRun } from "./job-calls";
import { platformCalls } from "./platform-calls";
import { askCalls, stepFunctionCalls } from "./step-function-calls";

/** What Lambda does for a function, and what the function itself calls, where it is known. */
export function functionCalls(use: FunctionUse, deployment: Deployment): AwsCall[] {
  const { world, specs } = deployment;
  const { role, logGroup, deadLetters } = use;
  const plain = (say: string, call: PlainCall): AwsCall => ({ role, say, known: "modelled", call });
  const stream = `arn:${world.partition}:logs:${world.region}:${world.account}:log-group:${logGroup}:log-stream:2026/03/01/[$LATEST]0a1b2c3d`;
  const spec = specs.find(({ partner }) => partner === use.owner && use.name.endsWith("--trigger"));
  return [
    ...["logs:CreateLogStream", "logs:PutLogEvents"].map((action) =>
      plain("write the function's log", { action, resource: stream }),
    ),
    ...(deadLetters === undefined
      ? []
      : [plain("keep what failed", { action: "sqs:SendMessage", resource: deadLetters })]),
    ...(spec === undefined ? [] : triggerCalls(role, spec)),
    ...stepFunctionCalls(use, deployment),
    ...(use.owner === "platform" ? platformCalls(use, specs) : []),
  ];
}

/** What the trigger of a partner calls, for every step of its chains. */
export function triggerCalls(role: string, spec: PartnerSpec): AwsCall[] {
  const run = sampleRun(spec.partner);
  const s3 = (say: string, command: string, input: SdkCall["input"]): AwsCall => ({
    role,
    say,
    known: "modelled",
    call: { service: "S3", command, input: { Bucket: spec.ledgerBucket, ...input } },
  });
  const create = (say: string, Key: string): AwsCall =>
    s3(say, "PutObject", { Key, IfNoneMatch: "*" });
  const digest = "0".repeat(64);
  return [
    create("keep the spec of a run", specKey(spec.partner, digest)),
    s3("read the spec of a run", "GetObject", { Key: specKey(spec.partner, digest) }),
    create("claim an order", claimKey(run)),
    s3("look whether an order is claimed", "ListObjectsV2", { Prefix: claimKey(run) }),
    s3("read who claimed it", "GetObject", { Key: claimKey(run) }),
    create("put the run into the index of its day", dayKey("2026-03-01", run, "claimed")),
    ...rerunCalls(run, s3),
    ...listCalls(role, spec),
    ...[...spec.chains.order, ...spec.chains.discovery].flatMap((step) =>
      stepCalls(role, spec, step, s3),
    ),
  ];
}

/** Running an order again, and counting those under way. */
function rerunCalls(
  run: RunRef,
  s3: (say: string, command: string, input: SdkCall["input"]) => AwsCall,
): AwsCall[] {
  const action = actionKey(run, "2026-03-01T00:00:00.000Z", "nonce");
  const own = partnerPrefix(run.partner);
  return [
    s3("find the attempts of an order", "ListObjectsV2", {
      Prefix: `${own}runs/${run.orderKey}/`,
    }),
    s3("list the facts of an attempt", "ListObjectsV2", { Prefix: runPrefix(run) }),
    s3("count the orders under way", "ListObjectsV2", { Prefix: `${own}days/2026-03-01/` }),
    s3("know whether the partner is paused", "ListObjectsV2", {
      Prefix: pausesPrefix(run.partner),
    }),
    s3("record who runs it again, and why", "PutObject", { Key: action, IfNoneMatch: "*" }),
    s3("read what was decided about a run", "GetObject", { Key: action }),
    s3("read whether a later attempt is planned", "GetObject", { Key: retryKey(run) }),
  ];
}

/** Where arrays are as large as an order's list asks for, the trigger reads the list. */
function listCalls(role: string, { triggers, chains }: PartnerSpec): AwsCall[] {
  if (!chains.order.some(({ arrayFiles }) => arrayFiles !== undefined)) return [];
  return triggers.flatMap((trigger): AwsCall[] => {
    if (trigger.kind !== "s3") return [];
    const { bucket: Bucket, prefix, suffix } = trigger;
    const input = { Bucket, Key: `${prefix}2026-03${suffix}`, VersionId: "v1", IfMatch: '"etag"' };
    const call = { service: "S3", command: "GetObject", input } as const;
    return [{ role, say: "count the files that a list names", known: "modelled", call }];
  });
}

function stepCalls(
  role: string,
  spec: PartnerSpec,
  step: StepSpec,
  s3: (say: string, command: string, input: SdkCall["input"]) => AwsCall,
): AwsCall[] {
  const run = sampleRun(spec.partner);
  const ref = { ...run, step: step.name, generation: 1 };
  const batch = (say: string, command: string, input: SdkCall["input"]): AwsCall => ({
    role,
    say,
    known: "modelled",
    call: { service: "Batch", command, input },
  });
  const intent = { Key: intentKey(ref) };
  const submitted = { Key: submittedKey(ref) };
  return [
    s3("look whether a step was submitted", "ListObjectsV2", { Prefix: submitted.Key }),
    s3("read what was submitted", "GetObject", submitted),
    s3("write the intent to submit", "PutObject", { ...intent, IfNoneMatch: "*" }),
    s3("read another's intent", "GetObject", intent),
    s3("take an intent over", "PutObject", { ...intent, IfMatch: '"etag"' }),
    // Whoever completes a run that was escalated submits what comes next on demand.
    ...[step.queues.standard, step.queues.onDemand].map((jobQueue) =>
      batch("submit a step", "SubmitJob", {
        jobQueue,
        jobDefinition: `${step.jobDefinition}:7`,
        shareIdentifier: spec.shareIdentifier,
        tags: { ...spec.jobTags, partner: spec.partner, orderKey: run.orderKey, step: step.name },
      }),
    ),
    s3("read what became of a job", "GetObject", {
      Key: jobStatusKey(ref, SAMPLE_JOB, "FAILED"),
    }),
    batch("find a job whose submission got no answer", "ListJobs", {}),
    ...askCalls(role, ref, step, s3),
    s3("record what was submitted", "PutObject", { ...submitted, IfNoneMatch: "*" }),
  ];
}

/** What Scheduler does with the role of a schedule. */
export function scheduleCalls({ role, target, deadLetters }: ScheduleUse): AwsCall[] {
  return [
    {
      role,
      say: "start the orders that are due",
      known: "modelled",
      call: { action: "lambda:InvokeFunction", resource: target },
    },
    ...(deadLetters === undefined
      ? []
      : [
          {
            role,
            say: "keep what could not be handed over",
            known: "modelled",
            call: { action: "sqs:SendMessage", resource: deadLetters },
          } as const,
        ]),
  ];
}
