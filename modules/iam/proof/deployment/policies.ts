import { AssumptionError } from "../../../core";
import type { NamedPolicy, Principal } from "../../evaluate";
import type { PolicyDocument, Statement } from "../../policy-document";
import { attribute, type TerraformResource, textOf } from "./terraform";

/** A resource with its name and ARN, for those that have one. */
export interface PlacedResource extends TerraformResource {
  readonly name: string | undefined;
  readonly arn: string | undefined;
}

/** Everything of a deployment that decides about requests. */
export interface FoundPolicies {
  readonly principals: readonly Principal[];
  readonly resourcePolicies: Readonly<Record<string, PolicyDocument>>;
  readonly endpointPolicies: Readonly<Record<string, PolicyDocument>>;
  /** ARNs of boundaries that are not among the stacks. */
  readonly unknownBoundaries: readonly string[];
  /** ARN of the boundary by the ARN of the role. */
  readonly boundaryArns: ReadonlyMap<string, string>;
}

/** Types that hold the policy of another resource: the attribute that names it by name, id or ARN, and its type. */
const ATTACHED: ReadonlyMap<string, { readonly to: string; readonly type: string }> = new Map(
  Object.entries({
    aws_ecr_repository_policy: { to: "repository", type: "aws_ecr_repository" },
    aws_efs_file_system_policy: { to: "file_system_id", type: "aws_efs_file_system" },
    aws_s3_bucket_policy: { to: "bucket", type: "aws_s3_bucket" },
    aws_sns_topic_policy: { to: "arn", type: "aws_sns_topic" },
    aws_sqs_queue_policy: { to: "queue_url", type: "aws_sqs_queue" },
  }),
);

/** Types of IAM that hold no permissions. */
const WITHOUT_PERMISSIONS = new Set([
  "aws_iam_instance_profile",
  "aws_iam_openid_connect_provider",
  "aws_iam_service_linked_role",
]);

/** Types that are read here. */
const READ = new Set([
  ...ATTACHED.keys(),
  "aws_iam_policy",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_kms_key",
  "aws_lambda_permission",
  "aws_vpc_endpoint",
]);

/** Finds all policies of a deployment, and refuses what it does not know how to read. */
export function findPolicies(resources: readonly PlacedResource[]): FoundPolicies {
  for (const resource of resources) refuseUnread(resource);
  const managed = new Map(
    ofType(resources, "aws_iam_policy").map((one) => [
      one.arn,
      { name: attribute(one, "name"), document: parse(one, "policy") },
    ]),
  );
  const boundaries = ofType(resources, "aws_iam_role").flatMap(
    ({ attributes }) => textOf(attributes["permissions_boundary"]) ?? [],
  );
  return {
    principals: ofType(resources, "aws_iam_role").map((one) =>
      principalOf(one, resources, managed),
    ),
    resourcePolicies: resourcePolicies(resources),
    endpointPolicies: Object.fromEntries(
      ofType(resources, "aws_vpc_endpoint").flatMap((one) =>
        one.attributes["policy"] === undefined
          ? []
          : [[attribute(one, "service_name"), parse(one, "policy")]],
      ),
    ),
    unknownBoundaries: [...new Set(boundaries)].filter((arn) => !managed.has(arn)),
    boundaryArns: new Map(
      ofType(resources, "aws_iam_role").flatMap((one) => {
        const boundary = textOf(one.attributes["permissions_boundary"]);
        return boundary === undefined ? [] : [[required(one), boundary] as const];
      }),
    ),
  };
}

function principalOf(
  role: PlacedResource,
  resources: readonly PlacedResource[],
  managed: ReadonlyMap<string | undefined, NamedPolicy>,
): Principal {
  const name = attribute(role, "name");
  const boundary = managed.get(textOf(role.attributes["permissions_boundary"]));
  return {
    arn: required(role),
    name,
    owner: role.owner,
    trust: parse(role, "assume_role_policy"),
    policies: [
      ...ofType(resources, "aws_iam_role_policy")
        .filter((one) => attribute(one, "role") === name)
        .map((one) => ({ name: attribute(one, "name"), document: parse(one, "policy") })),
      ...ofType(resources, "aws_iam_role_policy_attachment")
        .filter((one) => attribute(one, "role") === name)
        .map((one) => attachedPolicy(one, managed)),
    ],
    ...(boundary === undefined ? {} : { boundary }),
  };
}

/** What is attached and not ours would be permissions that nobody sees. */
function attachedPolicy(
  attachment: PlacedResource,
  managed: ReadonlyMap<string | undefined, NamedPolicy>,
): NamedPolicy {
  const arn = attribute(attachment, "policy_arn");
  const policy = managed.get(arn);
  if (policy !== undefined) return policy;
  throw new AssumptionError(
    `${attachment.address} of stack ${JSON.stringify(attachment.stack)} attaches ${JSON.stringify(arn)}, which is not among the stacks`,
  );
}

function resourcePolicies(resources: readonly PlacedResource[]): Record<string, PolicyDocument> {
  const found: Record<string, PolicyDocument> = {};
  for (const resource of resources) {
    if (resource.type === "aws_kms_key") found[required(resource)] = parse(resource, "policy");
    const attached = ATTACHED.get(resource.type);
    if (attached === undefined) continue;
    const target = targetOf(resources, resource, attached.type, attribute(resource, attached.to));
    found[target] = parse(resource, "policy");
  }
  for (const permission of ofType(resources, "aws_lambda_permission")) {
    const name = attribute(permission, "function_name");
    const target = targetOf(resources, permission, "aws_lambda_function", name);
    const Statement = [
      ...(found[target]?.Statement ?? []),
      permissionStatement(permission, target),
    ];
    found[target] = { Version: "2012-10-17", Statement };
  }
  return found;
}

/**
 * The statement that Lambda makes of a permission.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
function permissionStatement(permission: TerraformResource, target: string): Statement {
  const { attributes } = permission;
  const arn = textOf(attributes["source_arn"]);
  const account = textOf(attributes["source_account"]);
  const principal = attribute(permission, "principal");
  return {
    Sid: attribute(permission, "statement_id"),
    Effect: "Allow",
    Principal: principal.includes(".amazonaws.com") ? { Service: principal } : { AWS: principal },
    Action: attribute(permission, "action"),
    Resource: target,
    ...(arn === undefined && account === undefined
      ? {}
      : {
          Condition: {
            ...(arn === undefined ? {} : { ArnLike: { "AWS:SourceArn": arn } }),
            ...(account === undefined ? {} : { StringEquals: { "AWS:SourceAccount": account } }),
          },
        }),
  };
}

/** A type of IAM, or a policy, that is not read would be a permission that nobody sees. */
function refuseUnread({ type, address, stack, attributes }: PlacedResource): void {
  if (READ.has(type) || WITHOUT_PERMISSIONS.has(type)) return;
  const holdsPolicy = Object.entries(attributes).some(
    ([name, value]) => /polic/u.test(name) && textOf(value)?.includes('"Statement"') === true,
  );
  if (!type.startsWith("aws_iam_") && !/_policy$|_permission$/u.test(type) && !holdsPolicy) return;
  if (!holdsPolicy && WITHOUT_STATEMENTS.test(type)) return;
  throw new AssumptionError(
    `${address} of stack ${JSON.stringify(stack)} may hold permissions and is not read; teach modules/iam/proof the type ${type}`,
  );
}

/** Policies in another sense: life cycles, backups, shares. */
const WITHOUT_STATEMENTS = /^aws_(?:batch_scheduling|ecr_lifecycle|efs_backup)_policy$/u;

const ofType = (resources: readonly PlacedResource[], type: string): readonly PlacedResource[] =>
  resources.filter((resource) => resource.type === type);

function targetOf(
  resources: readonly PlacedResource[],
  { address, stack }: TerraformResource,
  type: string,
  named: string,
): string {
  const target = ofType(resources, type).find(({ name, arn }) => named === name || named === arn);
  if (target !== undefined) return required(target);
  throw new AssumptionError(
    `${address} of stack ${JSON.stringify(stack)} is about the ${type} ${JSON.stringify(named)}, which is not among the stacks`,
  );
}

function required({ arn, address, stack }: PlacedResource): string {
  if (arn !== undefined) return arn;
  throw new AssumptionError(`${address} of stack ${JSON.stringify(stack)} has no ARN`);
}

function parse(resource: TerraformResource, name: string): PolicyDocument {
  return JSON.parse(attribute(resource, name)) as PolicyDocument;
}
