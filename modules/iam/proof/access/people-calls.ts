import {
  actionKey,
  claimKey,
  dayKey,
  type PartnerSpec,
  pauseKey,
  runPrefix,
} from "../../../contract";
import { NO_PLACES } from "../../people";
import type { AwsCall } from "../calls";
import { sampleRun } from "../calls/job-calls";
import type { Deployment } from "../deployment";
import type { AccessRole } from "./access-role";
import { deadLetters, platformLetters } from "./letter-calls";
import { batch, invoke, plain, s3 } from "./people-call";
import { quarantine, releaseCalls, targetsOf } from "./quarantine-calls";

/**
 * The calls of the commands that a role of people is for: `orders list`, `orders show` and the logs for all; `orders rerun`,
 * `backfill`, `cancel`, `quarantine` and `dlq` for who is on call and who breaks the glass.
 */
export function peopleCalls(access: AccessRole, deployment: Deployment): AwsCall[] {
  const { arn: role, ability, places = NO_PLACES } = access;
  if (ability === "plan" || ability === "apply") return [];
  return [
    ...deployment.specs.flatMap((spec) => [
      ...seeing(role, spec, deployment),
      ...(ability === "viewer"
        ? []
        : [
            ...operating(role, spec, deployment),
            ...missing(role, spec, deployment, places.backfillFrom),
            ...deadLetters(role, spec.partner, deployment),
          ]),
    ]),
    ...(ability === "viewer" ? [] : platformLetters(role, deployment)),
    ...releaseCalls(role, deployment, places.releaseTo),
  ];
}

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
  const job = `arn:${world.partition}:batch:${world.region}:${world.account}:job/0a1b2c3d-0000-4000-8000-000000000000`;
  return [
    ledger("leave who did what", "PutObject", {
      Key: actionKey(run, "2026-03-01T02:00:00Z", "0a1b2c3d"),
      IfNoneMatch: "*",
    }),
    ledger("hold new orders", "PutObject", {
      Key: pauseKey(spec.partner, "2026-03-01T02:00:00Z", "0a1b2c3d", "paused"),
      IfNoneMatch: "*",
    }),
    ledger("put a cancelled order into the index of its day", "PutObject", {
      Key: dayKey("2026-03-01", run, "cancelled"),
      IfNoneMatch: "*",
    }),
    ...invoke(role, "run an order again", triggerOf(deployment, spec.partner)),
    other("end a job of a cancelled order", {
      action: "batch:TerminateJob",
      resource: job,
      context: { "aws:ResourceTag/partner-ingest:environment": deployment.environment },
    }),
    ...targetsOf(deployment, spec.partner).flatMap((target) => quarantine(role, run, target)),
  ];
}

const triggerOf = ({ world }: Deployment, partner: string): string | undefined =>
  world.resources.find(
    ({ type, owner, arn }) =>
      type === "aws_lambda_function" && owner === partner && arn.endsWith("--trigger"),
  )?.arn;

/** What a backfill looks at: the versions of what came in, in buckets of ours and in those that the settings name. */
function missing(
  role: string,
  { triggers }: PartnerSpec,
  { world }: Deployment,
  places: readonly string[],
): AwsCall[] {
  return triggers.flatMap((trigger) => {
    if (trigger.kind !== "s3") return [];
    const { bucket, prefix } = trigger;
    const ours = world.resources.some(
      ({ type, arn }) => type === "aws_s3_bucket" && arn.endsWith(`:::${bucket}`),
    );
    if (!ours && !places.some((place) => `${bucket}/${prefix}`.startsWith(place))) return [];
    return [
      s3(role, bucket)("find what started nothing", "ListObjectVersions", { Prefix: prefix }),
    ];
  });
}
