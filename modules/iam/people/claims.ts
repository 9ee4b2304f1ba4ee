import type { Naming } from "../../core";
import type { PeopleRole } from "./people-grants";

/** Something that a role of people can or can not do, to be decided by the evaluator. */
export interface PeopleClaim {
  readonly say: string;
  readonly role: PeopleRole;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly expect: "Allowed" | "Denied";
}

/** What is claimed about the roles of people: the calls of their work, and attacks. */
export function peopleClaims(naming: Naming): readonly PeopleClaim[] {
  const { prefix, environment, account } = naming.scope;
  const ledger = naming.bucketArn(naming.bucket("platform", "ledger"));
  const bucket = naming.bucketArn(naming.bucket("acme", "in"));
  const context = { "aws:ResourceAccount": account };
  const job = naming.arn("batch", "job/0b0a7d4e-0000-0000-0000-000000000000");
  const ours = { "aws:ResourceTag/partner-ingest:environment": environment };
  const other = { "aws:ResourceTag/partner-ingest:environment": `${environment}x` };
  const trigger = naming.functionArn("acme", "trigger");
  const claim =
    (expect: PeopleClaim["expect"]) =>
    (role: PeopleRole, say: string, action: string, resource: string, more = {}): PeopleClaim => ({
      say,
      role,
      action,
      resource,
      expect,
      ...(Object.keys(more).length === 0 ? {} : { context: more }),
    });
  const can = claim("Allowed");
  const cannot = claim("Denied");
  const both = (["viewer", "onCall"] as const).flatMap((role) => [
    can(role, "sees jobs", "batch:ListJobs", "*"),
    can(
      role,
      "reads logs",
      "logs:FilterLogEvents",
      naming.arn("logs", `log-group:/${prefix}/${environment}/acme/jobs`),
    ),
    can(role, "reads the ledger", "s3:GetObject", `${ledger}/acme/runs/x/1/claim.json`, context),
    cannot(role, "reads no file of a partner", "s3:GetObject", `${bucket}/files/a.xml`, context),
    cannot(role, "changes no claim", "s3:PutObject", `${ledger}/acme/runs/x/1/claim.json`, context),
    cannot(
      role,
      "deletes nothing",
      "s3:DeleteObject",
      `${ledger}/acme/runs/x/1/claim.json`,
      context,
    ),
    cannot(role, "passes no role", "iam:PassRole", naming.roleArn("acme", "trigger")),
    cannot(role, "changes no role", "iam:PutRolePolicy", naming.roleArn("acme", "trigger")),
    cannot(role, "changes no code", "lambda:UpdateFunctionCode", trigger),
    cannot(
      role,
      "starts no job of its own",
      "batch:SubmitJob",
      naming.jobQueueArn("platform", "general"),
    ),
    cannot(
      role,
      "reads no secret",
      "secretsmanager:GetSecretValue",
      naming.arn("secretsmanager", "secret:acme/x"),
    ),
  ]);
  return [
    ...both,
    cannot("viewer", "runs nothing", "lambda:InvokeFunction", trigger),
    cannot("viewer", "stops nothing", "batch:TerminateJob", job, ours),
    cannot(
      "viewer",
      "sees no quarantine",
      "s3:GetObject",
      `${bucket}/quarantine/acme/x/1/files/a`,
      context,
    ),
    can("onCall", "runs an order again", "lambda:InvokeFunction", trigger),
    can("onCall", "stops a job", "batch:TerminateJob", job, ours),
    cannot("onCall", "stops no job of another environment", "batch:TerminateJob", job, other),
    cannot("onCall", "stops no job without a tag", "batch:TerminateJob", job),
    can(
      "onCall",
      "looks at what was held back",
      "s3:GetObject",
      `${bucket}/quarantine/acme/x/1/files/a`,
      context,
    ),
    can(
      "onCall",
      "decides about it",
      "s3:PutObject",
      `${bucket}/quarantine/acme/x/1/decision.json`,
      context,
    ),
    cannot(
      "onCall",
      "changes nothing of it",
      "s3:PutObject",
      `${bucket}/quarantine/acme/x/1/files/a`,
      context,
    ),
    can(
      "onCall",
      "holds a partner's new orders",
      "s3:PutObject",
      `${ledger}/acme/pauses/20260101T000000Z-a.paused.json`,
      context,
    ),
    can(
      "onCall",
      "leaves what was done",
      "s3:PutObject",
      `${ledger}/acme/runs/x/1/actions/20260101T000000Z-a.json`,
      context,
    ),
    ...["sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage"].map((action) =>
      can(
        "onCall",
        `takes failed events up: ${action}`,
        action,
        naming.queueArn("acme", "dead-letters"),
      ),
    ),
    cannot(
      "onCall",
      "takes nothing else off a queue",
      "sqs:ReceiveMessage",
      naming.queueArn("platform", "announcements"),
    ),
    cannot(
      "onCall",
      "puts no failed event into a queue",
      "sqs:SendMessage",
      naming.queueArn("acme", "dead-letters"),
    ),
    can(
      "onCall",
      "announces again",
      "sqs:SendMessage",
      naming.queueArn("platform", "announcements"),
    ),
    can(
      "onCall",
      "hands the end of a job over again",
      "lambda:InvokeFunction",
      naming.functionArn("platform", "escalate"),
    ),
    cannot(
      "onCall",
      "invokes nothing else of the platform",
      "lambda:InvokeFunction",
      naming.functionArn("platform", "reconcile"),
    ),
    can("onCall", "finds what started nothing", "s3:ListBucketVersions", bucket, {
      ...context,
      "s3:prefix": "orders/",
    }),
    cannot("onCall", "lists no files but those held back", "s3:ListBucket", bucket, {
      ...context,
      "s3:prefix": "files/",
    }),
    cannot("onCall", "lists no whole bucket", "s3:ListBucket", bucket, context),
    cannot(
      "onCall",
      "does nothing in another environment",
      "lambda:InvokeFunction",
      trigger.replace(`--${environment}--`, `--${environment}x--`),
    ),
  ];
}
