import {
  actionKey,
  claimKey,
  dayKey,
  fileKey,
  manifestKey,
  type PartnerSpec,
  quarantinedFileKey,
  quarantineDecisionKey,
  quarantineReasonKey,
  runPrefix,
} from "../../../contract";
import type { AwsCall, PlainCall, SdkCall } from "../calls";
import { sampleRun } from "../calls/job-calls";
import type { Deployment, JobUse } from "../deployment";
import type { AccessRole } from "./access-role";

/**
 * The calls of the commands that a role of people is for: `orders list`, `orders show` and the logs for all; `orders rerun`,
 * `cancel`, `quarantine` and taking up failed events for who is on call.
 */
export function peopleCalls({ arn: role, ability }: AccessRole, deployment: Deployment): AwsCall[] {
  if (ability === "plan" || ability === "apply") return [];
  return deployment.specs.flatMap((spec) => [
    ...seeing(role, spec, deployment),
    ...(ability === "viewer" ? [] : operating(role, spec, deployment)),
  ]);
}

const s3 =
  (role: string, Bucket: string) =>
  (say: string, command: string, input: SdkCall["input"]): AwsCall => ({
    role,
    say,
    known: "modelled",
    call: { service: "S3", command, input: { Bucket, ...input } },
  });

const plain =
  (role: string) =>
  (say: string, call: PlainCall): AwsCall => ({ role, say, known: "modelled", call });

const batch = (role: string, say: string, command: string): AwsCall => ({
  role,
  say,
  known: "modelled",
  call: { service: "Batch", command, input: {} },
});

function seeing(role: string, spec: PartnerSpec, { uses, world }: Deployment): AwsCall[] {
  const run = sampleRun(spec.partner);
  const ledger = s3(role, spec.ledgerBucket);
  const other = plain(role);
  const groups = uses.flatMap((use) =>
    use.owner === spec.partner && "logGroup" in use ? [use.logGroup] : [],
  );
  const regional = (service: string, rest: string): string =>
    `arn:${world.partition}:${service}:${world.region}:${world.account}:${rest}`;
  return [
    ledger("list the orders of a day", "ListObjectsV2", {
      Prefix: dayKey("2026-03-01", run, "claimed"),
    }),
    ledger("find an order's attempts", "ListObjectsV2", { Prefix: runPrefix(run) }),
    ledger("read who claimed it", "GetObject", { Key: claimKey(run) }),
    batch(role, "see what becomes of its jobs", "DescribeJobs"),
    batch(role, "see which jobs there are", "ListJobs"),
    ...[...new Set(groups)].flatMap((group) =>
      ["logs:FilterLogEvents", "logs:GetLogEvents"].map((action) =>
        other("read the logs", {
          action,
          resource: regional(
            "logs",
            `log-group:${group}:log-stream:${action.includes("Get") ? "x" : ""}`,
          ),
        }),
      ),
    ),
  ];
}

function operating(role: string, spec: PartnerSpec, deployment: Deployment): AwsCall[] {
  const { world } = deployment;
  const run = sampleRun(spec.partner);
  const ledger = s3(role, spec.ledgerBucket);
  const other = plain(role);
  const trigger = world.resources.find(
    ({ type, owner, arn }) =>
      type === "aws_lambda_function" && owner === spec.partner && arn.endsWith("--trigger"),
  );
  const queues = world.resources.filter(
    ({ type, owner }) => type === "aws_sqs_queue" && owner === spec.partner,
  );
  const job = `arn:${world.partition}:batch:${world.region}:${world.account}:job/0a1b2c3d-0000-4000-8000-000000000000`;
  return [
    ledger("leave who did what", "PutObject", {
      Key: actionKey(run, "2026-03-01T02:00:00Z", "0a1b2c3d"),
      IfNoneMatch: "*",
    }),
    ledger("put a cancelled order into the index of its day", "PutObject", {
      Key: dayKey("2026-03-01", run, "cancelled"),
      IfNoneMatch: "*",
    }),
    ...(trigger === undefined
      ? []
      : [
          {
            role,
            say: "run an order again",
            known: "modelled",
            call: { service: "Lambda", command: "Invoke", input: { FunctionName: trigger.arn } },
          } as const,
        ]),
    other("end a job of a cancelled order", {
      action: "batch:TerminateJob",
      resource: job,
      context: { "aws:ResourceTag/partner-ingest:environment": deployment.environment },
    }),
    ...queues.flatMap(({ arn }) =>
      [
        "sqs:StartMessageMoveTask",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
      ].map((action) => other("take up what failed", { action, resource: arn })),
    ),
    ...targetsOf(deployment, spec.partner).flatMap((target) => quarantine(role, run, target)),
  ];
}

interface Target {
  readonly bucket: string;
  readonly prefix: string;
}

/** Where the steps of a partner publish to: beside it lies what was held back. */
function targetsOf({ uses }: Deployment, partner: string): Target[] {
  const found = uses
    .filter((use): use is JobUse => use.kind === "job" && use.owner === partner)
    .flatMap(({ settings }) =>
      settings.kind === "publish" || settings.kind === "deliver"
        ? [{ bucket: settings.bucket, prefix: settings.prefix }]
        : [],
    );
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}

function quarantine(
  role: string,
  run: ReturnType<typeof sampleRun>,
  { bucket }: Target,
): AwsCall[] {
  const held = s3(role, bucket);
  const file = "disc 1/track:01.flac";
  return [
    held("list what was held back", "ListObjectsV2", { Prefix: `quarantine/${run.partner}/` }),
    held("read why", "GetObject", { Key: quarantineReasonKey(run) }),
    held("read what was decided", "GetObject", { Key: quarantineDecisionKey(run) }),
    held("look at what was held back", "GetObject", { Key: quarantinedFileKey(run, file) }),
    held("decide about it", "PutObject", { Key: quarantineDecisionKey(run), IfNoneMatch: "*" }),
  ];
}

/** Publishing what was held back, which only those may to whom the settings name the place. */
export function releaseCalls(
  role: string,
  deployment: Deployment,
  places: readonly string[],
): AwsCall[] {
  return deployment.specs.flatMap(({ partner }) =>
    targetsOf(deployment, partner)
      .filter(({ bucket, prefix }) =>
        places.some((place) => `${bucket}/${prefix}`.startsWith(place)),
      )
      .flatMap(({ bucket, prefix }) => {
        const run = sampleRun(partner);
        const place = s3(role, bucket);
        const Key = fileKey(prefix, run, "disc 1/track:01.flac");
        return [
          place("copy a file to where it belongs", "PutObject", { Key }),
          place("copy a large file in parts", "CreateMultipartUpload", { Key }),
          place("copy a part", "UploadPart", { Key }),
          place("end a large copy", "CompleteMultipartUpload", { Key }),
          place("give a large copy up", "AbortMultipartUpload", { Key }),
          place("compare the copy", "HeadObject", { Key }),
          place("write the manifest", "PutObject", {
            Key: manifestKey(prefix, run),
            IfNoneMatch: "*",
          }),
        ];
      }),
  );
}
