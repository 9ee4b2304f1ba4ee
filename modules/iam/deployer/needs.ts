import { findAction } from "../catalog";
import { actionOf } from "./actions";
import { CURATED, type CuratedAction } from "./curated";
import {
  type DeployerScope,
  NAMED,
  placeOf,
  tagConditions,
  type Target,
  type TargetCondition,
} from "./scope";
import { specObjectTargets } from "./spec-object";
import { operationsOf, type OperationTable, type STEPS } from "./table";
import { targetsOf } from "./targets";

/** What a deployer does with a stack. */
export const DEPLOYER_PHASES = ["plan", "apply", "update", "destroy"] as const;

/** One of {@link DEPLOYER_PHASES}. */
export type DeployerPhase = (typeof DEPLOYER_PHASES)[number];

type Step = (typeof STEPS)[number];

/** Every phase looks at what there is first. */
const STEPS_OF: Readonly<Record<DeployerPhase, readonly Step[]>> = {
  plan: ["read"],
  apply: ["read", "create"],
  update: ["read", "update"],
  destroy: ["read", "delete"],
};

/** A permission that a deployer needs, and what needs it. */
export interface DeployerNeed {
  readonly action: string;
  readonly target: Target;
  /** Type of resource that needs it; `terraform` for the state. */
  readonly type: string;
  readonly step: Step;
  /** Seen in a recording of the provider, or known from AWS's documentation. */
  readonly source: "recorded" | { readonly curated: string; readonly why: string };
}

/** The needs of resource types in some phases. */
export function needsOf(
  scope: DeployerScope,
  types: readonly string[],
  phases: readonly DeployerPhase[],
  table: OperationTable,
): DeployerNeed[] {
  const steps = [...new Set(phases.flatMap((phase) => STEPS_OF[phase]))];
  return types.flatMap((type) =>
    steps.flatMap((step) => [
      ...recordedNeeds(scope, type, step, table),
      ...CURATED.filter((entry) => entry.type === type && entry.step === step).flatMap((entry) =>
        curatedNeeds(scope, entry),
      ),
    ]),
  );
}

function recordedNeeds(
  scope: DeployerScope,
  type: string,
  step: Step,
  table: OperationTable,
): DeployerNeed[] {
  const curatedOnly = CURATED.some((entry) => entry.type === type && entry.step === "read");
  if (curatedOnly && table.types[type] === undefined) return [];
  const actions = new Set(operationsOf(type, table)[step].map(actionOf));
  return [...actions].flatMap((action) =>
    targets(action, scope, type).map((target) => ({
      action,
      target,
      type,
      step,
      source: "recorded" as const,
    })),
  );
}

function curatedNeeds(scope: DeployerScope, entry: CuratedAction): DeployerNeed[] {
  const { type, step, why, source } = entry;
  return entry.actions.flatMap((action) =>
    curatedTargets(action, scope, entry).map((target) => ({
      action,
      target,
      type,
      step,
      source: { curated: source, why },
    })),
  );
}

function curatedTargets(action: string, scope: DeployerScope, entry: CuratedAction): Target[] {
  const { naming } = placeOf(scope);
  if (entry.linkedService !== undefined) return [linkedRole(scope, entry.linkedService)];
  const more: TargetCondition[] = [
    ...(entry.passedTo === undefined
      ? []
      : [{ op: "StringEquals" as const, key: "iam:PassedToService", values: [entry.passedTo] }]),
    ...(entry.grantForAws === true && action === "kms:CreateGrant"
      ? [{ op: "Bool" as const, key: "kms:GrantIsForAWSResource", values: ["true"] }]
      : []),
    ...(entry.through === undefined ? [] : [usedThrough(scope, entry.through)]),
  ];
  if (action === "iam:PassRole")
    return [{ arns: NAMED["iam:role"]?.(naming, scope) ?? [], conditions: more }];
  return targets(action, scope, entry.type).map(({ arns, conditions }) => ({
    arns,
    conditions: [...(newTags(action, scope, entry, conditions) ?? conditions), ...more],
  }));
}

/** The key is used by a service in the caller's name, and by the caller alone never. */
const usedThrough = ({ environment }: DeployerScope, service: string): TargetCondition => ({
  op: "StringEquals",
  key: "kms:ViaService",
  values: [`${service}.${environment.region}.amazonaws.com`],
});

/**
 * What is tagged while it is made has no tags yet: those of the request decide. So that nobody tags what others own, the
 * call that makes it is asked for, and where AWS does not tell it, that the thing has no owner.
 */
function newTags(
  action: string,
  scope: DeployerScope,
  { step, type }: CuratedAction,
  conditions: readonly TargetCondition[],
): TargetCondition[] | undefined {
  const tagged = conditions.some(({ key }) => key.startsWith("aws:ResourceTag/"));
  if (step !== "create" || !tagged || !/:(CreateTags|TagResource)$/u.test(action)) return undefined;
  const call = CREATED_BY[type];
  const key = action.startsWith("ec2:") ? "ec2:CreateAction" : "elasticfilesystem:CreateAction";
  return [
    ...tagConditions(scope, "RequestTag"),
    call === undefined
      ? { op: "Null", key: "aws:ResourceTag/partner-ingest:owner", values: ["true"] }
      : { op: "StringEquals", key, values: [call] },
  ];
}

/**
 * The call that makes a thing, as AWS tells it when it is tagged at once.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 * @see https://docs.aws.amazon.com/efs/latest/ug/using-tags-efs.html
 */
const CREATED_BY: Readonly<Record<string, string>> = {
  aws_efs_access_point: "CreateAccessPoint",
  aws_efs_file_system: "CreateFileSystem",
  aws_eip: "AllocateAddress",
  aws_internet_gateway: "CreateInternetGateway",
  aws_launch_template: "CreateLaunchTemplate",
  aws_nat_gateway: "CreateNatGateway",
  aws_route_table: "CreateRouteTable",
  aws_security_group: "CreateSecurityGroup",
  aws_subnet: "CreateSubnet",
  aws_vpc: "CreateVpc",
  aws_vpc_endpoint: "CreateVpcEndpoint",
  aws_vpc_security_group_egress_rule: "AuthorizeSecurityGroupEgress",
  aws_vpc_security_group_ingress_rule: "AuthorizeSecurityGroupIngress",
};

function targets(action: string, scope: DeployerScope, type: string): Target[] {
  const info = findAction(action);
  if (info === undefined) throw new Error(`the catalog has no ${action}`);
  if (type === "aws_s3_object" && action.startsWith("s3:")) return specObjectTargets(info, scope);
  if (type === "aws_iam_service_linked_role") return linkedRoles(action, scope);
  if (type === "aws_iam_openid_connect_provider" && action.includes("OpenIDConnect"))
    return [{ arns: [placeOf(scope).naming.globalArn("iam", "oidc-provider/*")], conditions: [] }];
  return targetsOf(info, scope, type);
}

const LINKED = {
  autoscaling: "autoscaling.amazonaws.com",
  batch: "batch.amazonaws.com",
  spot: "spot.amazonaws.com",
} as const;

function linkedRoles(action: string, scope: DeployerScope): Target[] {
  return scope.environment.serviceLinkedRoles.map((name) => {
    const target = linkedRole(scope, LINKED[name]);
    return action === "iam:CreateServiceLinkedRole" ? target : { ...target, conditions: [] };
  });
}

function linkedRole(scope: DeployerScope, service: string): Target {
  const { naming } = placeOf(scope);
  return {
    arns: [naming.globalArn("iam", `role/aws-service-role/${service}/*`)],
    conditions: [{ op: "StringEquals", key: "iam:AWSServiceName", values: [service] }],
  };
}
