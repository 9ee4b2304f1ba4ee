import { ConfigError } from "../../core/errors";
import type { Attributes } from "../proof/deployment/terraform";

/** A resource of a configuration, a plan or a state. */
export interface DiffResource {
  readonly stack: string;
  readonly address: string;
  readonly type: string;
  readonly attributes: Attributes;
  /** Attributes that are known only after apply. */
  readonly unknown: readonly string[];
}

/** One that has permissions or gives them: a role, a managed policy, a resource with a policy of its own. */
export interface Subject {
  /** Name of the role or policy, else the address of the resource. */
  readonly name: string;
  readonly kind: "role" | "managed-policy" | "resource";
  readonly documents: readonly unknown[];
  /** Of roles. */
  readonly trust?: unknown;
  /** ARN of the boundary. */
  readonly boundary?: string;
  /** Managed policies that are attached, by ARN. */
  readonly attached: readonly string[];
  /** Policies that only exist after apply: nothing can be said about them. */
  readonly unknown: readonly string[];
}

/** All of them, in the order of their names. */
export function subjectsOf(resources: readonly DiffResource[]): readonly Subject[] {
  const roles = resources.filter(({ type }) => type === "aws_iam_role");
  const names = new Set(roles.map(roleName));
  // A role may be made elsewhere and get its policies here.
  for (const one of resources) if (isOfRole(one)) names.add(roleOf(one, roles));
  return [
    ...[...names].map((name) => role(name, roles, resources)),
    ...resources.flatMap((one) => holder(one)),
  ].sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
}

const isOfRole = ({ type }: DiffResource): boolean =>
  type === "aws_iam_role_policy" || type === "aws_iam_role_policy_attachment";

const roleName = ({ attributes, address }: DiffResource): string =>
  text(attributes["name"]) ?? text(attributes["name_prefix"]) ?? address;

/** A policy names its role by name, or by a reference to the resource. */
function roleOf({ attributes, address }: DiffResource, roles: readonly DiffResource[]): string {
  const named = text(attributes["role"]) ?? address;
  const made = roles.find((one) => named.startsWith(`\${${one.address}.`));
  return made === undefined ? named : roleName(made);
}

function role(
  name: string,
  roles: readonly DiffResource[],
  resources: readonly DiffResource[],
): Subject {
  const made = roles.filter((one) => roleName(one) === name);
  const policies = resources.filter((one) => isOfRole(one) && roleOf(one, roles) === name);
  const inline = made.flatMap(({ attributes }) => objects(attributes["inline_policy"]));
  const boundary = made.flatMap((one) => text(one.attributes["permissions_boundary"]) ?? [])[0];
  const trust = made.flatMap((one) => json(one.attributes["assume_role_policy"]))[0];
  return {
    name,
    kind: "role",
    documents: [
      ...policies.flatMap(({ attributes }) => json(attributes["policy"])),
      ...inline.flatMap((one) => json(one["policy"])),
    ],
    ...(trust === undefined ? {} : { trust }),
    ...(boundary === undefined || boundary === "" ? {} : { boundary }),
    attached: [
      ...policies.flatMap(({ attributes }) => text(attributes["policy_arn"]) ?? []),
      ...made.flatMap(({ attributes }) => strings(attributes["managed_policy_arns"])),
    ].sort(),
    unknown: [...made, ...policies].flatMap(unknownOf),
  };
}

/** A managed policy, or the policy of a resource. */
function holder(one: DiffResource): Subject[] {
  const { type, attributes, address } = one;
  if (type === "aws_iam_role" || isOfRole(one)) return [];
  const base = { attached: [], unknown: unknownOf(one) };
  if (type === "aws_iam_policy")
    return [
      {
        ...base,
        name: text(attributes["name"]) ?? address,
        kind: "managed-policy",
        documents: json(attributes["policy"]),
      },
    ];
  const name = `${one.stack} ${address}`.trim();
  if (type === "aws_lambda_permission")
    return [{ ...base, name, kind: "resource", documents: [permission(attributes)] }];
  const documents = Object.entries(attributes)
    .filter(([attribute]) => /polic/u.test(attribute))
    .flatMap(([, value]) => json(value));
  return documents.length + base.unknown.length === 0
    ? []
    : [{ ...base, name, kind: "resource", documents }];
}

function permission(attributes: Attributes): unknown {
  const principal = text(attributes["principal"]) ?? "*";
  const conditions = {
    ...(text(attributes["source_arn"]) === undefined
      ? {}
      : { ArnLike: { "aws:SourceArn": attributes["source_arn"] } }),
    ...(text(attributes["source_account"]) === undefined
      ? {}
      : { StringEquals: { "aws:SourceAccount": attributes["source_account"] } }),
  };
  return {
    Statement: {
      Effect: "Allow",
      Principal: principal.includes(".amazonaws.com") ? { Service: principal } : { AWS: principal },
      Action: attributes["action"],
      Resource: attributes["function_name"],
      Condition: conditions,
    },
  };
}

/** Attributes with policies that a plan can not tell. */
const unknownOf = ({ unknown, address, stack }: DiffResource): readonly string[] =>
  unknown
    .filter((name) => /(?:^|_)polic(?:y|ies)$|^permissions_boundary$/u.test(name))
    .map((name) => `${stack} ${address}.${name}`.trim());

/** A policy document in an attribute, or nothing. */
function json(value: unknown): readonly unknown[] {
  if (typeof value !== "string" || !value.includes('"Statement"')) return [];
  try {
    return [JSON.parse(value) as unknown];
  } catch (error) {
    // Left out, it would be a permission that nobody sees.
    throw new ConfigError(
      `a policy is no JSON and can not be compared, it begins with ${JSON.stringify(value.slice(0, 80))}; give a plan (terraform show -json), where all references have values`,
      { cause: error },
    );
  }
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

const objects = (value: unknown): readonly Attributes[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).filter(
    (one): one is Attributes => typeof one === "object" && one !== null,
  );
