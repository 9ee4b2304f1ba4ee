import type { Environment } from "../../config";
import { DELIMITER, type Naming } from "../../core";
import { boundaryArn, namingOf, type StackKind } from "../../stack";

/** Whose stack is deployed. */
export interface DeployerScope {
  readonly environment: Environment;
  readonly kind: StackKind;
  /** `bootstrap`, `platform`, a partner's id, or `*` for all partners of the environment, those to come too. */
  readonly owner: string;
}

/** A statement's resources, with the conditions without which they would be more than the stack's own. */
export interface Target {
  readonly arns: readonly string[];
  readonly conditions: readonly TargetCondition[];
}

/** A condition of a {@link Target}. */
export interface TargetCondition {
  readonly op: "StringEquals" | "StringNotEquals" | "StringLike" | "ArnLike" | "Bool" | "Null";
  readonly key: string;
  readonly values: readonly string[];
}

/** Owners that are not partners. */
export const SHARED_OWNERS = ["bootstrap", "platform"] as const;

/** One of {@link SHARED_OWNERS}. */
export type SharedOwner = (typeof SHARED_OWNERS)[number];

/** Names of all things of an owner: `<prefix>--<environment>--<owner>--*`. */
export function namePattern({ environment, owner }: DeployerScope): string {
  const parts = [environment.prefix, environment.id, ...(owner === "*" ? [] : [owner])];
  return `${parts.join(DELIMITER)}${DELIMITER}*`;
}

/** Paths of all things of an owner, without slashes at the ends: `<prefix>/<environment>/<owner>/*`. */
export function pathPattern({ environment, owner }: DeployerScope): string {
  return `${environment.prefix}/${environment.id}/${owner === "*" ? "" : `${owner}/`}*`;
}

type ArnOf = (naming: Naming, scope: DeployerScope) => readonly string[];

const named =
  (service: string, before: string): ArnOf =>
  (naming, scope) => [naming.arn(service, `${before}${namePattern(scope)}`)];

const iam =
  (kind: string): ArnOf =>
  (naming, scope) => [naming.globalArn("iam", `${kind}/${pathPattern(scope)}`)];

/** Hosts of the identity providers that the bootstrap stack makes: one per account, so never those that are there. */
export function oidcHosts({ ci: { github, gitlab } }: Environment): string[] {
  return [
    ...(github?.provider === "create" ? ["token.actions.githubusercontent.com"] : []),
    ...(gitlab?.provider === "create" ? [gitlab.host] : []),
  ];
}

/** ARNs of the things that have names of ours, by the catalog's resource type. */
export const NAMED: Readonly<Record<string, ArnOf>> = {
  "batch:compute-environment": named("batch", "compute-environment/"),
  "batch:job-definition": named("batch", "job-definition/"),
  "batch:job-definition-revision": named("batch", "job-definition/"),
  "batch:job-queue": named("batch", "job-queue/"),
  "batch:scheduling-policy": named("batch", "scheduling-policy/"),
  "cloudwatch:alarm": named("cloudwatch", "alarm:"),
  "cloudwatch:dashboard": (naming, scope) => [
    naming.globalArn("cloudwatch", `dashboard/${namePattern(scope)}`),
  ],
  "ecr:repository": (naming, scope) => [naming.arn("ecr", `repository/${pathPattern(scope)}`)],
  "events:rule-on-default-event-bus": named("events", "rule/"),
  "iam:instance-profile": iam("instance-profile"),
  "iam:oidc-provider": (naming, { environment }) =>
    oidcHosts(environment).map((host) => naming.globalArn("iam", `oidc-provider/${host}`)),
  "iam:policy": iam("policy"),
  "iam:role": iam("role"),
  "kms:alias": (naming, scope) => [
    naming.arn("kms", `alias/${namePattern(scope)}`),
    naming.arn("kms", `alias/${pathPattern(scope)}`),
  ],
  "lambda:function": named("lambda", "function:"),
  "logs:log-group": (naming, scope) => [naming.arn("logs", `log-group:/${pathPattern(scope)}`)],
  "s3:bucket": (naming, scope) => [naming.bucketArn(namePattern(scope))],
  "scheduler:schedule": named("scheduler", "schedule/"),
  "scheduler:schedule-group": named("scheduler", "schedule-group/"),
  "secretsmanager:secret": (naming, scope) => [
    naming.arn("secretsmanager", `secret:${pathPattern(scope)}`),
  ],
  "sns:topic": named("sns", ""),
  "sqs:queue": named("sqs", ""),
  "ssm:parameter": (naming, scope) => [naming.arn("ssm", `parameter/${pathPattern(scope)}`)],
};

/** ARN patterns of the things whose ids AWS makes up; tags say whose they are. */
export const MADE_UP: Readonly<Record<string, string>> = {
  "ec2:elastic-ip": "elastic-ip/*",
  "ec2:internet-gateway": "internet-gateway/*",
  "ec2:launch-template": "launch-template/*",
  "ec2:natgateway": "natgateway/*",
  "ec2:network-interface": "network-interface/*",
  "ec2:route-table": "route-table/*",
  "ec2:security-group": "security-group/*",
  "ec2:security-group-rule": "security-group-rule/*",
  "ec2:subnet": "subnet/*",
  "ec2:vpc": "vpc/*",
  "ec2:vpc-endpoint": "vpc-endpoint/*",
  "elasticfilesystem:access-point": "access-point/*",
  "elasticfilesystem:file-system": "file-system/*",
  "kms:key": "key/*",
  "lambda:eventSourceMapping": "event-source-mapping:*",
};

/** Tags of the things of a stack, as conditions on what a request gives or on what the thing has. */
export function tagConditions(
  { environment, owner }: DeployerScope,
  of: "RequestTag" | "ResourceTag",
): TargetCondition[] {
  const key = (tag: string): string => `aws:${of}/partner-ingest:${tag}`;
  return [
    { op: "StringEquals", key: key("environment"), values: [environment.id] },
    owner === "*"
      ? { op: "StringNotEquals", key: key("owner"), values: SHARED_OWNERS }
      : { op: "StringEquals", key: key("owner"), values: [owner] },
  ];
}

/** Boundaries that the roles of a stack have: those of the bootstrap are roles of people and CI. */
export function boundariesOf(scope: DeployerScope): readonly string[] {
  const { naming, boundary } = placeOf(scope);
  if (scope.kind !== "bootstrap") return [boundary];
  const { people, ci } = scope.environment;
  return [
    ci.boundaryArn ?? naming.policyArn("bootstrap", "deployer-boundary"),
    people.boundaryArn ?? naming.policyArn("bootstrap", "people-boundary"),
  ];
}

/** The naming and the boundary of a scope. */
export function placeOf({ environment }: DeployerScope): { naming: Naming; boundary: string } {
  const naming = namingOf(environment);
  return { naming, boundary: boundaryArn(environment, naming) };
}
