import type { Condition, Grant } from "../grant";
import type { PolicyDocument } from "../policy-document";
import { LATER, type ReportAccess, type ReportRole } from "../report";

/** What no role of a workload, and nobody who looks or operates, may do. */
const NEVER = [
  "iam:AttachRolePolicy",
  "iam:CreatePolicyVersion",
  "iam:CreateRole",
  "iam:DeleteRolePermissionsBoundary",
  "iam:PassRole",
  "iam:PutRolePolicy",
  "iam:UpdateAssumeRolePolicy",
  "kms:PutKeyPolicy",
  "lambda:UpdateFunctionCode",
  "s3:DeleteObject",
  "s3:PutBucketPolicy",
] as const;

/** The lock of the state is taken and given back while planning, too. */
const NEVER_PLANNING = NEVER.filter((action) => action !== "s3:DeleteObject");

/** What whoever deploys may not do either. */
const NEVER_DEPLOYING = [
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreateAccessKey",
  "iam:CreatePolicyVersion",
  "iam:CreateUser",
  "iam:DeleteRolePermissionsBoundary",
  "iam:PutRolePermissionsBoundary",
  "iam:SetDefaultPolicyVersion",
  "sts:AssumeRole",
] as const;

/** A role that is asked about. */
export interface LiveRole {
  readonly name: string;
  readonly arn: string;
  readonly never: readonly string[];
  readonly grants: readonly Grant[];
  readonly policies: readonly { readonly name: string; readonly document: PolicyDocument }[];
}

/** The roles of workloads, of people and of CI; a policy that several have is looked at with the first. */
export function liveRoles(
  roles: readonly ReportRole[],
  access: readonly ReportAccess[],
): readonly LiveRole[] {
  const seen = new Set<string>();
  const numbered = (name: string, documents: readonly PolicyDocument[]): LiveRole["policies"] =>
    documents.map((document, index) => ({ name: `${name}-${String(index + 1)}`, document }));
  return [
    ...roles.map(({ name, arn, grants, policies }) => ({
      name,
      arn,
      grants,
      never: NEVER,
      policies: numbered(name, policies),
    })),
    ...access.map(({ name, arn, grants, deploys, inline, managed }) => ({
      name,
      arn,
      grants,
      never: neverOf(deploys),
      policies: [
        ...numbered(name, inline),
        ...managed.filter((one) => !seen.has(one.name) && seen.add(one.name)),
      ],
    })),
  ];
}

function neverOf(deploys: ReportAccess["deploys"]): readonly string[] {
  if (deploys.length === 0) return NEVER;
  return deploys.some(({ steps }) => steps.includes("create")) ? NEVER_DEPLOYING : NEVER_PLANNING;
}

/** The checks of a role, as lines of the script. */
export function roleChecks({ arn, grants, never }: LiveRole): string[] {
  return [
    `denied ${quoted(arn)} '*' ${never.join(" ")}`,
    ...grants.flatMap((one) => allowedLines(arn, one)),
  ];
}

/** A grant whose ids AWS makes up can only be asked about once they are known: the smoke run shows it. */
function allowedLines(arn: string, { actions, resources, conditions = [] }: Grant): string[] {
  const [first = "*"] = "any" in resources ? ["*"] : resources;
  const texts = [first, ...conditions.flatMap(({ values }) => values)];
  if (texts.some((text) => text.includes(LATER))) return [];
  const what = `${quoted(arn)} ${quoted(example(first))} ${[...actions].sort().join(" ")}`;
  if (conditions.length === 0) return [`allowed ${what}`];
  return [`allowed_only_if ${quoted(JSON.stringify(conditions.map(contextEntry)))} ${what}`];
}

/** One thing of those that a pattern stands for. */
const example = (pattern: string): string =>
  pattern === "*" ? pattern : pattern.replaceAll("*", "x");

/** The value of a condition key that a request would have. */
function contextEntry({ op, key, values }: Condition): object {
  const [first = ""] = values;
  return {
    ContextKeyName: key,
    ContextKeyType: op.startsWith("Bool")
      ? "boolean"
      : op.startsWith("Numeric")
        ? "numeric"
        : "string",
    ContextKeyValues: [example(first)],
  };
}

/** A word for the shell, whatever is in it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
