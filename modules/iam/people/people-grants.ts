import type { Naming } from "../../core";
import type { Condition, Grant } from "../grant";

/** Roles of people. */
export type PeopleRole = "viewer" | "onCall" | "breakGlass";

/**
 * What people may do: viewers see state and logs, who is on call also re-runs, cancels and releases, and who breaks the glass
 * reads what is delivered, too. What changes infrastructure is no grant: those are the deployer's policies.
 */
export function peopleGrants(
  naming: Naming,
  role: PeopleRole,
  releaseTo: readonly string[] = [],
): readonly Grant[] {
  return role === "viewer"
    ? viewing(naming)
    : [
        ...viewing(naming),
        ...operating(naming),
        ...(role === "onCall" ? releasing(naming, releaseTo) : readingAll(naming)),
      ];
}

/** Whoever mends at night must see what came in; what was delivered is never changed or deleted by hand. */
function readingAll(naming: Naming): Grant[] {
  const { prefix, environment } = naming.scope;
  const buckets = naming.bucketArn(`${prefix}--${environment}--*`);
  const rest = { conditions: own(naming), why: "see what came in and what went out" };
  const from = "people.breakGlass";
  return [
    { id: "ListFiles", actions: ["s3:ListBucket"], resources: [buckets], from, ...rest },
    { id: "ReadFiles", actions: ["s3:GetObject"], resources: [`${buckets}/*`], from, ...rest },
  ];
}

/** Where deliveries end is the user's choice, and never a platform's bucket by a pattern. */
function releasing(naming: Naming, targets: readonly string[]): Grant[] {
  if (targets.length === 0) return [];
  return [
    {
      id: "Release",
      actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
      resources: targets.map((target) => naming.bucketArn(`${target}*`)),
      conditions: own(naming),
      why: "publish what was held back, and compare it",
      from: "people.onCall.releaseTo",
    },
    {
      id: "ReleaseKeys",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [naming.arn("kms", "key/*")],
      // A bucket with a key of its own is named by itself, one without by the object.
      conditions: throughS3(
        naming,
        targets.flatMap((target) => [
          naming.bucketArn(target.slice(0, target.indexOf("/"))),
          naming.bucketArn(`${target}*`),
        ]),
      ),
      why: "publish what was held back into buckets that are encrypted",
      from: "people.onCall.releaseTo",
    },
  ];
}

const FROM_VIEWER = "people.viewer";
const FROM_ON_CALL = "people.onCall";

function viewing(naming: Naming): Grant[] {
  const { prefix, environment } = naming.scope;
  const named = `${prefix}--${environment}--*`;
  const group = naming.arn("logs", `log-group:/${prefix}/${environment}/*`);
  const ledger = naming.bucketArn(naming.bucket("platform", "ledger"));
  const from = FROM_VIEWER;
  return [
    {
      id: "SeeJobs",
      actions: [
        "batch:DescribeComputeEnvironments",
        "batch:DescribeJobDefinitions",
        "batch:DescribeJobQueues",
        "batch:DescribeJobs",
        "batch:ListJobs",
      ],
      resources: { any: true, reason: "no-resource-types" },
      why: "see what runs and why it waits",
      from,
    },
    {
      id: "ReadLogs",
      actions: ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"],
      resources: [group],
      why: "read the logs of jobs and functions",
      from,
    },
    {
      id: "SeeQueues",
      actions: ["sqs:GetQueueAttributes"],
      resources: [naming.arn("sqs", named)],
      why: "see how many events failed",
      from,
    },
    {
      id: "ListLedger",
      actions: ["s3:ListBucket"],
      resources: [ledger],
      conditions: own(naming),
      why: "find runs",
      from,
    },
    {
      id: "ReadLedger",
      actions: ["s3:GetObject"],
      resources: [`${ledger}/*`],
      conditions: own(naming),
      why: "see the state of runs",
      from,
    },
    {
      id: "ReadLedgerKey",
      actions: ["kms:Decrypt"],
      resources: [naming.arn("kms", "key/*")],
      conditions: throughS3(naming, [ledger, `${ledger}/*`]),
      why: "see the state of runs",
      from,
    },
  ];
}

function operating(naming: Naming): Grant[] {
  const { prefix, environment } = naming.scope;
  const ledger = naming.bucketArn(naming.bucket("platform", "ledger"));
  const buckets = naming.bucketArn(`${prefix}--${environment}--*`);
  const from = FROM_ON_CALL;
  return [
    {
      id: "Rerun",
      actions: ["lambda:InvokeFunction"],
      resources: [naming.arn("lambda", `function:${prefix}--${environment}--*--trigger`)],
      why: "run an order again",
      from,
    },
    {
      id: "StopJobs",
      actions: ["batch:CancelJob", "batch:TerminateJob"],
      resources: [naming.arn("batch", "job/*")],
      // Ids of jobs say nothing; the trigger tags every job.
      conditions: [
        {
          op: "StringEquals",
          key: "aws:ResourceTag/partner-ingest:environment",
          values: [environment],
        },
      ],
      why: "cancel an order",
      from,
    },
    {
      id: "WriteActions",
      actions: ["s3:PutObject"],
      resources: [`${ledger}/*/runs/*/actions/*.json`],
      conditions: own(naming),
      why: "leave in the ledger who did what",
      from,
    },
    {
      id: "IndexCancelled",
      actions: ["s3:PutObject"],
      resources: [`${ledger}/*/days/*.cancelled.json`],
      conditions: own(naming),
      why: "put a cancelled order into the index of its day",
      from,
    },
    {
      id: "ListQuarantine",
      actions: ["s3:ListBucket"],
      resources: [buckets],
      conditions: [
        ...own(naming),
        { op: "StringLike", key: "s3:prefix", values: ["quarantine/*"] },
      ],
      why: "find what was held back",
      from,
    },
    {
      id: "ReadQuarantine",
      actions: ["s3:GetObject"],
      resources: [`${buckets}/quarantine/*`],
      conditions: own(naming),
      why: "look at what was held back",
      from,
    },
    {
      id: "DecideQuarantine",
      actions: ["s3:PutObject"],
      resources: [`${buckets}/quarantine/*/decision.json`],
      conditions: own(naming),
      why: "release what was held back, or reject it",
      from,
    },
    {
      id: "OperateKeys",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [naming.arn("kms", "key/*")],
      conditions: throughS3(naming, [buckets, `${buckets}/*`]),
      why: "read quarantine and write decisions and actions, which are encrypted",
      from,
    },
    {
      id: "Redrive",
      actions: [
        "sqs:DeleteMessage",
        "sqs:ListMessageMoveTasks",
        "sqs:ReceiveMessage",
        "sqs:StartMessageMoveTask",
      ],
      resources: [naming.arn("sqs", `${prefix}--${environment}--*`)],
      why: "take events up again that failed",
      from,
    },
  ];
}

/** Bucket names are global: one that somebody else took is not ours. */
const own = (naming: Naming): Condition[] => [
  { op: "StringEquals", key: "aws:ResourceAccount", values: [naming.scope.account] },
];

function throughS3(naming: Naming, context: readonly string[]): Condition[] {
  const { region } = naming.scope;
  return [
    { op: "StringEquals", key: "kms:ViaService", values: [`s3.${region}.amazonaws.com`] },
    { op: "StringLike", key: "kms:EncryptionContext:aws:s3:arn", values: context },
  ];
}
