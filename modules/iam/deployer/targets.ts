import { AssumptionError } from "../../core";
import { type ActionInfo, hasConditionKey } from "../catalog";
import {
  boundariesOf,
  type DeployerScope,
  MADE_UP,
  NAMED,
  placeOf,
  type Target,
  type TargetCondition,
  tagConditions,
} from "./scope";

/**
 * What a call makes: the tags of the request decide about it, since it has none of its own yet.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
const NEW: Readonly<Record<string, string>> = {
  "ec2:AllocateAddress": "elastic-ip",
  "ec2:AuthorizeSecurityGroupEgress": "security-group-rule",
  "ec2:AuthorizeSecurityGroupIngress": "security-group-rule",
  "ec2:CreateInternetGateway": "internet-gateway",
  "ec2:CreateLaunchTemplate": "launch-template",
  "ec2:CreateNatGateway": "natgateway",
  "ec2:CreateRouteTable": "route-table",
  "ec2:CreateSecurityGroup": "security-group",
  "ec2:CreateSubnet": "subnet",
  "ec2:CreateVpc": "vpc",
  "ec2:CreateVpcEndpoint": "vpc-endpoint",
};

/** Things that a partner uses and the platform owns. */
const PLATFORMS = new Set(["elasticfilesystem:file-system", "kms:key"]);

/** The catalog's word for the things of a type, where tags are set by an action of a whole service. */
const OWN: Readonly<Record<string, string>> = {
  aws_batch_compute_environment: "compute-environment",
  aws_batch_job_definition: "job-definition-revision",
  aws_batch_job_queue: "job-queue",
  aws_batch_scheduling_policy: "scheduling-policy",
  aws_cloudwatch_dashboard: "dashboard",
  aws_cloudwatch_metric_alarm: "alarm",
  aws_default_security_group: "security-group",
  aws_efs_access_point: "access-point",
  aws_efs_file_system: "file-system",
  aws_eip: "elastic-ip",
  aws_internet_gateway: "internet-gateway",
  aws_lambda_event_source_mapping: "eventSourceMapping",
  aws_lambda_function: "function",
  aws_launch_template: "launch-template",
  aws_nat_gateway: "natgateway",
  aws_route_table: "route-table",
  aws_scheduler_schedule_group: "schedule-group",
  aws_security_group: "security-group",
  aws_subnet: "subnet",
  aws_vpc: "vpc",
  aws_vpc_endpoint: "vpc-endpoint",
  aws_vpc_security_group_egress_rule: "security-group-rule",
  aws_vpc_security_group_ingress_rule: "security-group-rule",
};

/** What an action may be used on in a stack: a target for each kind of resource that it takes. */
export function targetsOf(action: ActionInfo, scope: DeployerScope, type: string): Target[] {
  if (action.resourceTypes.length === 0)
    return [{ arns: ["*"], conditions: unscoped(action, scope) }];
  const all = action.resourceTypes.map(({ name }) => name);
  // Tags of everything in a service are set by one action: only those of the type's own things are meant.
  const own = /:(Tag|Untag|ListTags|CreateTags|DeleteTags)/u.test(action.name)
    ? OWN[type]
    : undefined;
  const kinds = own !== undefined && all.includes(own) ? [own] : all;
  const targets = kinds.flatMap((name) => target(action, name, scope) ?? []);
  if (targets.length === 0)
    throw new AssumptionError(
      `no rule scopes ${action.name}, which takes ${action.resourceTypes.map(({ name }) => name).join(", ")}`,
    );
  return targets;
}

/** Actions that take no resource: what is made must at least bear the stack's tags. */
function unscoped(action: ActionInfo, scope: DeployerScope): TargetCondition[] {
  if (action.name === "lambda:CreateEventSourceMapping") return functionCondition(scope);
  return /:Create/u.test(action.name) && hasConditionKey(action, "aws:RequestTag/x")
    ? tagConditions(scope, "RequestTag")
    : [];
}

function target(action: ActionInfo, type: string, scope: DeployerScope): Target | undefined {
  const service = action.name.split(":")[0] ?? "";
  const key = `${service}:${type}`;
  const { naming } = placeOf(scope);
  const arns = NAMED[key]?.(naming, scope);
  if (arns !== undefined) {
    // Looking at a role is no matter of its boundary, and one that is not there yet has none.
    const reads = action.level === "Read" || action.level === "List";
    const bounded = type === "role" && !reads && hasConditionKey(action, "iam:PermissionsBoundary");
    return {
      arns,
      conditions: [
        ...(bounded
          ? [
              {
                op: "StringEquals" as const,
                key: "iam:PermissionsBoundary",
                values: boundariesOf(scope),
              },
            ]
          : []),
        ...(hasConditionKey(action, "iam:PolicyARN") ? [ownPolicies(scope)] : []),
      ],
    };
  }
  const madeUp = MADE_UP[key];
  if (madeUp === undefined) return undefined;
  const given = existing(key, scope);
  if (given !== undefined) return { arns: given, conditions: [] };
  return {
    arns: [naming.arn(service, madeUp)],
    conditions: madeUpConditions(action, key, type, scope),
  };
}

/** Nothing of AWS's or of others is attached: what a role may do is what its own stack says. */
function ownPolicies(scope: DeployerScope): TargetCondition {
  const { naming } = placeOf(scope);
  return {
    op: "ArnLike",
    key: "iam:PolicyARN",
    values: NAMED["iam:policy"]?.(naming, scope) ?? [],
  };
}

function madeUpConditions(
  action: ActionInfo,
  key: string,
  type: string,
  scope: DeployerScope,
): TargetCondition[] {
  // EFS makes and removes it in the caller's name, without tags of ours.
  if (key === "ec2:network-interface") return [];
  if (key === "lambda:eventSourceMapping" && hasConditionKey(action, "lambda:FunctionArn"))
    return functionCondition(scope);
  const isNew = NEW[action.name] === type;
  const platform: DeployerScope = { ...scope, kind: "platform", owner: "platform" };
  const owner = PLATFORMS.has(key) && scope.kind === "partner" ? platform : scope;
  return tagConditions(owner, isNew ? "RequestTag" : "ResourceTag");
}

function functionCondition(scope: DeployerScope): TargetCondition[] {
  const { naming } = placeOf(scope);
  const [arn = ""] = NAMED["lambda:function"]?.(naming, scope) ?? [];
  return [{ op: "ArnLike", key: "lambda:FunctionArn", values: [arn] }];
}

/** A network that is not ours bears no tags of ours; the environment names it. */
function existing(key: string, scope: DeployerScope): readonly string[] | undefined {
  const { network } = scope.environment;
  if (network.kind !== "existing") return undefined;
  const { naming } = placeOf(scope);
  if (key === "ec2:vpc") return [naming.arn("ec2", `vpc/${network.vpcId}`)];
  if (key === "ec2:subnet") return network.subnetIds.map((id) => naming.arn("ec2", `subnet/${id}`));
  return undefined;
}
