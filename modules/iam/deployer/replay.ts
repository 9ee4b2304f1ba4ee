import { DELIMITER, partitionOf } from "../../core";
import { findAction } from "../catalog";
import type { IamRequest } from "../evaluate";
import { actionOf } from "./actions";
import type { RecordedCall, RecordedStack, Recording } from "./recording";
import { roleContext } from "./replay-roles";
import { siblingContext } from "./replay-siblings";

/** What is known when a call is told as a request: where it was recorded, and who made it. */
export interface ReplayPlace {
  readonly recording: Recording;
  readonly stack: RecordedStack;
  /** ARN of the role that calls. */
  readonly caller: string;
}

/**
 * The requests that AWS would decide about at a recorded call: resources from the call's own parameters, tags from the
 * request or from the stack that the thing belongs to. Knows nothing of how policies are made.
 */
export function requestsOf(call: RecordedCall, place: ReplayPlace): IamRequest[] {
  const action = actionOf(`${call.service}.${call.operation}`);
  const info = findAction(action);
  const context = requestTags(call);
  if (call.operation === "CreateServiceLinkedRole")
    context["iam:AWSServiceName"] = call.parameters["AWSServiceName"] ?? "";
  const resources = (info?.resourceTypes.length ?? 0) === 0 ? ["*"] : resourcesOf(call, place);
  const direct = resources.map((resource): IamRequest => ({
    caller: { kind: "role", arn: place.caller },
    action,
    resource: resource.replace(/\{[^}]*\}/gu, (address) => idOf(address)),
    context: {
      ...context,
      ...(isUntagged(call) ? {} : resourceTags(resource, place)),
      ...roleContext(call, action, resource, place.recording),
      ...siblingContext(call, place.stack, (name) =>
        arnsOf(place).regional("lambda", `function:${name}`),
      ),
      ...(/^arn:[\w-]+:s3:::/u.test(resource)
        ? { "aws:ResourceAccount": place.recording.account }
        : {}),
    },
  }));
  return [...direct, ...tagsOnCreate(call, place), ...passes(call, place)];
}

/** A network's default security group is there before Terraform puts the stack's tags on it. */
const isUntagged = ({ type, step, operation }: RecordedCall): boolean =>
  type === "aws_default_security_group" && step === "create" && operation === "CreateTags";

/** Services that authorise the tags of what they make by an action of its own, on a thing that has none yet. */
const TAGGED_BY: Readonly<Record<string, string>> = {
  EC2: "ec2:CreateTags",
  EFS: "elasticfilesystem:TagResource",
  KMS: "kms:TagResource",
};

function tagsOnCreate(call: RecordedCall, place: ReplayPlace): IamRequest[] {
  const action = TAGGED_BY[call.service];
  const tags = requestTags(call);
  const makes = /^(Create(?!Tags|LaunchTemplateVersion)|Allocate|Authorize)/u.test(call.operation);
  if (action === undefined || !makes || Object.keys(tags).length === 0) return [];
  const arns = arnsOf(place);
  const thing =
    call.service === "EC2"
      ? arns.regional("ec2", `${EC2_NEW[call.operation] ?? "security-group-rule"}/new`)
      : call.service === "KMS"
        ? arns.regional("kms", "key/new")
        : arns.regional(
            "elasticfilesystem",
            call.operation === "CreateAccessPoint" ? "access-point/new" : "file-system/new",
          );
  const key =
    call.service === "KMS"
      ? {}
      : { [`${action.split(":")[0] ?? ""}:CreateAction`]: call.operation };
  return [
    {
      caller: { kind: "role", arn: place.caller },
      action,
      resource: thing,
      context: { ...tags, ...key },
    },
  ];
}

/** Services that get the roles which a call names. */
const PASSED_TO: Readonly<Record<string, string>> = {
  Batch: "ecs-tasks.amazonaws.com",
  EventBridge: "events.amazonaws.com",
  Lambda: "lambda.amazonaws.com",
  Scheduler: "scheduler.amazonaws.com",
};

/** Roles that a call hands to a service. `serviceRole` is there for the emulator alone: AWS takes the service-linked one. */
function passes(call: RecordedCall, place: ReplayPlace): IamRequest[] {
  const service = PASSED_TO[call.service];
  const roles = Object.entries(call.parameters).flatMap(([name, value]) =>
    /role(arn)?$/iu.test(name) && name !== "serviceRole" && /:role\//u.test(value) ? [value] : [],
  );
  const pass = (resource: string, passedTo: string): IamRequest => ({
    caller: { kind: "role", arn: place.caller },
    action: "iam:PassRole",
    resource,
    context: { "iam:PassedToService": passedTo },
  });
  if (call.operation === "AddRoleToInstanceProfile") {
    const [role = ""] = iamResources(
      { ...call, parameters: { RoleName: call.parameters["RoleName"] ?? "" } },
      arnsOf(place),
      place,
    );
    return [pass(role, "ec2.amazonaws.com")];
  }
  return service === undefined ? [] : [...new Set(roles)].map((role) => pass(role, service));
}

/** A made-up id, the same for the same thing. */
const idOf = (address: string): string =>
  address.replace(/[{}]/gu, "").replace(/[^a-z0-9]+/gu, "-");

function resourcesOf(call: RecordedCall, place: ReplayPlace): string[] {
  const found = namedBy(call, place);
  if (found.length > 0) return found;
  // Where a reduced recording does not tell the name, it is one of those that the other calls for such things tell.
  const others = place.stack.calls.filter(
    ({ service, type }) => service === call.service && type === call.type,
  );
  const told = new Set(others.flatMap((other) => namedBy(other, place)));
  if (told.size > 0) return [...told];
  throw new Error(
    `${call.service}.${call.operation} names no resource in ${JSON.stringify(call.parameters)}`,
  );
}

const namedBy = (call: RecordedCall, place: ReplayPlace): string[] =>
  RESOURCES[call.service]?.(call, arnsOf(place), place) ?? [];

interface Arns {
  readonly regional: (service: string, resource: string) => string;
  readonly global: (service: string, resource: string) => string;
  readonly bucket: (name: string) => string;
}

function arnsOf({ recording: { region, account } }: ReplayPlace): Arns {
  const partition = partitionOf(region);
  return {
    regional: (service, resource) => `arn:${partition}:${service}:${region}:${account}:${resource}`,
    global: (service, resource) => `arn:${partition}:${service}::${account}:${resource}`,
    bucket: (name) => `arn:${partition}:s3:::${name}`,
  };
}

type Find = (call: RecordedCall, arns: Arns, place: ReplayPlace) => string[];

/** ARNs that stand in a call, or in its path, themselves. */
const inPath = (call: RecordedCall): string[] =>
  [/arn:.+$/u.exec(call.parameters["path"] ?? "")?.[0] ?? ""].filter((arn) => arn !== "");

const first = ({ parameters }: RecordedCall, ...names: readonly string[]): string | undefined =>
  names.map((name) => parameters[name]).find((value) => value !== undefined);

const named =
  (service: string, kinds: Readonly<Record<string, string>>): Find =>
  (call, arns) => {
    const whole = inPath(call);
    if (whole.length > 0) return whole;
    const found = Object.entries(kinds).flatMap(([parameter, before]) => {
      const value = call.parameters[parameter];
      if (value === undefined || value.startsWith("<")) return [];
      return value.startsWith("arn:") ? [value] : [arns.regional(service, `${before}${value}`)];
    });
    return [...new Set(found)].slice(0, 1);
  };

const RESOURCES: Readonly<Record<string, Find>> = {
  Batch: named("batch", {
    arn: "",
    computeEnvironmentName: "compute-environment/",
    computeEnvironment: "compute-environment/",
    jobQueueName: "job-queue/",
    jobQueue: "job-queue/",
    jobDefinitionName: "job-definition/",
    jobDefinition: "job-definition/",
    name: "scheduling-policy/",
  }),
  CloudWatch: (call, arns, place) => {
    // Dashboards belong to no region.
    const dashboard = first(call, "DashboardName", "DashboardNames.member.1");
    if (dashboard !== undefined) return [arns.global("cloudwatch", `dashboard/${dashboard}`)];
    const alarms = { ResourceARN: "", AlarmName: "alarm:", "AlarmNames.member.1": "alarm:" };
    return named("cloudwatch", alarms)(call, arns, place);
  },
  "CloudWatch Logs": named("logs", { resourceArn: "", logGroupName: "log-group:" }),
  EC2: (call, arns, place) => ec2Resources(call, arns, place),
  ECR: named("ecr", {
    resourceArn: "",
    repositoryName: "repository/",
    "repositoryNames.0": "repository/",
  }),
  EFS: (call, arns) => efsResources(call, arns),
  EventBridge: named("events", { ResourceARN: "", Name: "rule/", Rule: "rule/" }),
  IAM: (call, arns, place) => iamResources(call, arns, place),
  KMS: ({ parameters }, arns) => [
    ...(parameters["AliasName"] === undefined
      ? []
      : [arns.regional("kms", parameters["AliasName"])]),
    ...[parameters["KeyId"] ?? parameters["TargetKeyId"]].flatMap((key) =>
      key === undefined ? [] : [key.startsWith("arn:") ? key : arns.regional("kms", `key/${key}`)],
    ),
  ],
  Lambda: ({ parameters }, arns) => {
    const path = parameters["path"] ?? "";
    const mapping = /event-source-mappings\/([^/]+)/u.exec(path)?.[1];
    if (mapping !== undefined) return [arns.regional("lambda", `event-source-mapping:${mapping}`)];
    const tagged = /\/tags\/(arn:.+)$/u.exec(path)?.[1];
    const name = /\/functions\/([^/]+)/u.exec(path)?.[1] ?? parameters["FunctionName"];
    return tagged !== undefined
      ? [tagged]
      : name === undefined
        ? []
        : [arns.regional("lambda", `function:${name}`)];
  },
  S3: ({ operation, parameters }, arns) => {
    const { Bucket = "", Key } = parameters;
    // What is listed below a key is the bucket's matter.
    const ofObject = Key !== undefined && !operation.startsWith("List");
    return [arns.bucket(ofObject ? `${Bucket}/${Key}` : Bucket)];
  },
  SNS: named("sns", { TopicArn: "", ResourceArn: "", Name: "" }),
  SQS: ({ parameters }, arns) => {
    const name = parameters["QueueName"] ?? parameters["QueueUrl"]?.split("/").at(-1);
    return name === undefined ? [] : [arns.regional("sqs", name)];
  },
  Scheduler: (call, arns) => {
    const tagged = inPath(call);
    if (tagged.length > 0) return tagged;
    const [, kind, name] =
      /^\/(schedules|schedule-groups)\/(.+)$/u.exec(call.parameters["path"] ?? "") ?? [];
    if (name === undefined) return [];
    if (kind === "schedule-groups") return [arns.regional("scheduler", `schedule-group/${name}`)];
    const group = first(call, "?groupName", "GroupName") ?? "default";
    return [arns.regional("scheduler", `schedule/${group}/${name}`)];
  },
};

/** Parameters of EC2 that name things, with the resource type of each. */
const EC2_IDS: Readonly<Record<string, string>> = {
  AllocationId: "elastic-ip",
  GroupId: "security-group",
  InternetGatewayId: "internet-gateway",
  LaunchTemplateId: "launch-template",
  NatGatewayId: "natgateway",
  RouteTableId: "route-table",
  SecurityGroupId: "security-group",
  SecurityGroupRuleId: "security-group-rule",
  SubnetId: "subnet",
  VpcEndpointId: "vpc-endpoint",
  VpcId: "vpc",
};

/** What a call of EC2 makes; its tags are those of the request. */
const EC2_NEW: Readonly<Record<string, string>> = {
  AllocateAddress: "elastic-ip",
  CreateInternetGateway: "internet-gateway",
  CreateLaunchTemplate: "launch-template",
  CreateNatGateway: "natgateway",
  CreateRouteTable: "route-table",
  CreateSecurityGroup: "security-group",
  CreateSubnet: "subnet",
  CreateVpc: "vpc",
  CreateVpcEndpoint: "vpc-endpoint",
};

/** Resource types of things by Terraform's word, for calls that name a thing by an id of any kind. */
const EC2_TYPES: Readonly<Record<string, string>> = {
  aws_default_security_group: "security-group",
  aws_eip: "elastic-ip",
  aws_nat_gateway: "natgateway",
  aws_route_table_association: "route-table",
  aws_vpc_security_group_egress_rule: "security-group-rule",
  aws_vpc_security_group_ingress_rule: "security-group-rule",
};

function ec2Resources(call: RecordedCall, arns: Arns, { stack }: ReplayPlace): string[] {
  const action = findAction(`ec2:${call.operation}`);
  const takes = new Set((action?.resourceTypes ?? []).map(({ name }) => name));
  const named = Object.entries(call.parameters).flatMap(([parameter, value]) => {
    const key = parameter.replace(/\.\d+$/u, "");
    const type = EC2_IDS[key] ?? typeOfId(key, value);
    return type !== undefined && takes.has(type) ? [arns.regional("ec2", `${type}/${value}`)] : [];
  });
  const made = EC2_NEW[call.operation];
  const fresh = made === undefined ? [] : [arns.regional("ec2", `${made}/{new:${stack.name}}`)];
  return [...new Set([...fresh, ...named])];
}

/** `ResourceId` and `AssociationId` hold ids of any kind. */
function typeOfId(parameter: string, value: string): string | undefined {
  if (!/^(ResourceId|AssociationId)$/u.test(parameter)) return undefined;
  const type = /^\{[^:]*:(aws_[a-z0-9_]+)\./u.exec(value)?.[1];
  if (type === undefined) return undefined;
  // The association of a gateway's address is the address's.
  if (parameter === "AssociationId" && type === "aws_nat_gateway") return "elastic-ip";
  return EC2_TYPES[type] ?? type.slice("aws_".length).replaceAll("_", "-");
}

function efsResources({ parameters }: RecordedCall, arns: Arns): string[] {
  const path = parameters["path"] ?? "";
  const named = Object.values(parameters).find((value) => /\{[^}]*aws_efs_[^}]*\}/u.test(value));
  const address = /\{[^}]*aws_efs_[^}]*\}/u.exec(named ?? path)?.[0];
  if (address === undefined) return [];
  if (address.includes("aws_efs_access_point"))
    return [arns.regional("elasticfilesystem", `access-point/${address}`)];
  // What is done with a mount target is authorised on its file system.
  return [arns.regional("elasticfilesystem", `file-system/${address}`)];
}

/** Roles, policies and profiles lie below the path of the owner that their names tell. */
function iamResources({ parameters }: RecordedCall, arns: Arns, place: ReplayPlace): string[] {
  const { AWSServiceName, InstanceProfileName, PolicyArn, PolicyName, RoleName } = parameters;
  const provider = parameters["OpenIDConnectProviderArn"];
  // What is attached to a role is asked about the role.
  if (PolicyArn !== undefined && RoleName === undefined) return [PolicyArn];
  if (provider !== undefined) return [provider];
  const at = (kind: string, name: string): string => {
    const [prefix = "", environment = "", owner = ""] = name.split(DELIMITER);
    const path = name.includes(DELIMITER) ? `${prefix}/${environment}/${owner}/` : "";
    return arns.global("iam", `${kind}/${path}${name}`);
  };
  if (InstanceProfileName !== undefined) return [at("instance-profile", InstanceProfileName)];
  if (RoleName?.startsWith("AWSServiceRole") === true)
    return [
      arns.global("iam", `role/aws-service-role/${linkedService(RoleName, place)}/${RoleName}`),
    ];
  // The emulator's task tells no role, as AWS's does; it is one of those that were deleted.
  if (parameters["DeletionTaskId"] !== undefined)
    return place.stack.calls
      .filter(({ operation }) => operation === "DeleteServiceLinkedRole")
      .flatMap((call) => iamResources(call, arns, place));
  if (RoleName !== undefined) return [at("role", RoleName)];
  if (AWSServiceName !== undefined)
    return [arns.global("iam", `role/aws-service-role/${AWSServiceName}/AWSServiceRole`)];
  return PolicyName === undefined ? [] : [at("policy", PolicyName)];
}

/** The service that a service-linked role is of: told where it was made. */
function linkedService(role: string, { recording }: ReplayPlace): string {
  const services = recording.stacks.flatMap(({ calls }) =>
    calls.flatMap(({ parameters }) => parameters["AWSServiceName"] ?? []),
  );
  const wanted = role.replace("AWSServiceRoleFor", "").toLowerCase();
  return services.find((service) => wanted.startsWith(service.split(".")[0] ?? " ")) ?? wanted;
}

function requestTags({ parameters, operation }: RecordedCall): Record<string, string> {
  if (operation.startsWith("Untag") || operation === "DeleteTags") return {};
  const tags: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters)) {
    // Tags of the hosts that the template is for, not of the request.
    if (name.startsWith("LaunchTemplateData.")) continue;
    const pair = /^(.*tag.*)\.(tag)?key$/iu.exec(name);
    if (pair !== null) {
      const of = Object.keys(parameters).find((other) =>
        new RegExp(`^${(pair[1] ?? "").replaceAll(".", "\\.")}\\.(tag)?value$`, "iu").test(other),
      );
      tags[`aws:RequestTag/${value}`] = of === undefined ? "" : (parameters[of] ?? "");
    } else {
      const flat = /^tags\.([^.]+)$/iu.exec(name)?.[1];
      if (flat !== undefined) tags[`aws:RequestTag/${flat}`] = value;
    }
  }
  return tags;
}

/** The tags of a thing that is named by an address: those of its stack. */
function resourceTags(resource: string, { recording }: ReplayPlace): Record<string, string> {
  const stack = /\{(?!new:)([^:}]+):/u.exec(resource)?.[1];
  const owner = recording.stacks.find(({ name }) => name === stack)?.owner;
  if (owner === undefined) return {};
  return {
    "aws:ResourceTag/partner-ingest:environment": recording.environment,
    "aws:ResourceTag/partner-ingest:owner": owner,
  };
}
