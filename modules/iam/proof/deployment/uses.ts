import { type StepSettings, ENV } from "../../../contract";
import { AssumptionError } from "../../../core";
import type { PlacedResource } from "./policies";
import { at, attribute, listOf, record, textOf } from "./terraform";

/** What a role is used for, as the Terraform tells it. */
export type RoleUse = JobUse | StartUse | FunctionUse | ScheduleUse | HostUse;

interface Use {
  readonly role: string;
  /** Whom the role's work is for. */
  readonly owner: string;
}

/** The role of a job's container. */
export interface JobUse extends Use {
  readonly kind: "job";
  readonly step: string;
  readonly settings: StepSettings;
  readonly ledgerBucket: string;
  /** Where staging is mounted from; missing for jobs that have it on their own disk. */
  readonly staging?: { readonly fileSystem: string; readonly accessPoint: string };
}

/** The role that starts a job's container. */
export interface StartUse extends Use {
  readonly kind: "start";
  readonly step: string;
  readonly repository: string;
  readonly logGroup: string;
  /** As they are named: the ARN, perhaps with a key, stage and version behind it. */
  readonly secrets: readonly string[];
}

/** The role of a function. */
export interface FunctionUse extends Use {
  readonly kind: "function";
  readonly name: string;
  readonly logGroup: string;
  /** Queue that takes events which failed. */
  readonly deadLetters?: string;
  /** What the function knows from its deployment. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The role that a schedule invokes with. */
export interface ScheduleUse extends Use {
  readonly kind: "schedule";
  readonly name: string;
  readonly group: string;
  readonly target: string;
  readonly deadLetters?: string;
}

/** The role of instances. */
export interface HostUse extends Use {
  readonly kind: "host";
  /** Beginnings of the names of the compute environments whose instances have it. */
  readonly computeEnvironments: readonly string[];
}

/** What a function does in the place of a job; `undefined` for one that does no step. */
export function settingsOf({
  variables,
}: Pick<FunctionUse, "variables">): StepSettings | undefined {
  const json = variables[ENV.stepSettings];
  return json === undefined ? undefined : (JSON.parse(json) as StepSettings);
}

/** Finds what all roles are used for. */
export function findUses(resources: readonly PlacedResource[]): readonly RoleUse[] {
  return resources.flatMap((resource): RoleUse[] => {
    switch (resource.type) {
      case "aws_batch_job_definition":
        return jobUses(resource, resources);
      case "aws_lambda_function":
        return [functionUse(resource)];
      case "aws_scheduler_schedule":
        return [scheduleUse(resource, resources)];
      case "aws_iam_instance_profile":
        return [hostUse(resource, resources)];
      default:
        return [];
    }
  });
}

function jobUses(definition: PlacedResource, resources: readonly PlacedResource[]): RoleUse[] {
  const { owner } = definition;
  const container: unknown = JSON.parse(attribute(definition, "container_properties"));
  const variables = new Map(
    listOf(at(container, "environment")).map((one) => [at(one, "name"), at(one, "value")]),
  );
  const text = (...path: readonly (string | number)[]): string =>
    textOf(at(container, ...path)) ?? missing(definition, path.join("."));
  const variable = (name: string): string =>
    textOf(variables.get(name)) ?? missing(definition, name);
  const step = text("logConfiguration", "options", "awslogs-stream-prefix");
  const staging = stagingOf(container, resources);
  return [
    {
      kind: "job",
      role: text("jobRoleArn"),
      owner,
      step,
      settings: JSON.parse(variable(ENV.stepSettings)) as StepSettings,
      ledgerBucket: variable(ENV.ledgerBucket),
      ...(staging === undefined ? {} : { staging }),
    },
    {
      kind: "start",
      role: text("executionRoleArn"),
      owner,
      step,
      repository: text("image")
        .replace(/^[^/]*\//u, "")
        .replace(/[@:].*$/u, ""),
      logGroup: text("logConfiguration", "options", "awslogs-group"),
      secrets: listOf(at(container, "secrets")).flatMap(
        (one) => textOf(at(one, "valueFrom")) ?? [],
      ),
    },
  ];
}

function stagingOf(
  container: unknown,
  resources: readonly PlacedResource[],
): JobUse["staging"] | undefined {
  const volume = listOf(at(container, "volumes"))
    .map((one) => record(at(one, "efsVolumeConfiguration")))
    .find((one) => Object.keys(one).length > 0);
  if (volume === undefined) return undefined;
  const arnOf = (type: string, id: unknown): string =>
    resources.find((one) => one.type === type && one.name === id)?.arn ??
    unknown(type, textOf(id) ?? "");
  return {
    fileSystem: arnOf("aws_efs_file_system", volume["fileSystemId"]),
    accessPoint: arnOf("aws_efs_access_point", at(volume, "authorizationConfig", "accessPointId")),
  };
}

function functionUse(fn: PlacedResource): FunctionUse {
  const deadLetters = textOf(at(fn.attributes, "dead_letter_config", "target_arn"));
  return {
    kind: "function",
    role: attribute(fn, "role"),
    owner: fn.owner,
    name: attribute(fn, "function_name"),
    logGroup:
      textOf(at(fn.attributes, "logging_config", "log_group")) ??
      `/aws/lambda/${attribute(fn, "function_name")}`,
    variables: Object.fromEntries(
      Object.entries(record(at(fn.attributes, "environment", "variables"))).flatMap(
        ([name, value]) => {
          const text = textOf(value);
          return text === undefined ? [] : [[name, text] as const];
        },
      ),
    ),
    ...(deadLetters === undefined ? {} : { deadLetters }),
  };
}

function scheduleUse(schedule: PlacedResource, resources: readonly PlacedResource[]): ScheduleUse {
  const target = record(schedule.attributes["target"]);
  const deadLetters = textOf(at(target, "dead_letter_config", "arn"));
  const group = attribute(schedule, "group_name");
  return {
    kind: "schedule",
    role: textOf(target["role_arn"]) ?? missing(schedule, "target.role_arn"),
    owner: schedule.owner,
    name: attribute(schedule, "name"),
    group:
      resources.find((one) => one.type === "aws_scheduler_schedule_group" && one.name === group)
        ?.arn ?? unknown("aws_scheduler_schedule_group", group),
    target: textOf(target["arn"]) ?? missing(schedule, "target.arn"),
    ...(deadLetters === undefined ? {} : { deadLetters }),
  };
}

function hostUse(profile: PlacedResource, resources: readonly PlacedResource[]): HostUse {
  const role = attribute(profile, "role");
  return {
    kind: "host",
    role:
      resources.find((one) => one.type === "aws_iam_role" && one.name === role)?.arn ??
      unknown("aws_iam_role", role),
    owner: profile.owner,
    computeEnvironments: resources
      .filter((one) => one.type === "aws_batch_compute_environment")
      .filter((one) => usesProfile(one, attribute(profile, "name")))
      .flatMap(({ attributes }) =>
        NAME_ATTRIBUTES.flatMap((name) => textOf(attributes[name]) ?? []),
      ),
  };
}

/** Both majors of the provider. */
const NAME_ATTRIBUTES = [
  "compute_environment_name",
  "compute_environment_name_prefix",
  "name",
  "name_prefix",
] as const;

function usesProfile({ attributes }: PlacedResource, profile: string): boolean {
  const settings = attributes["compute_resources"];
  const role = textOf(at(settings, "instance_role") ?? at(settings, 0, "instance_role"));
  return role?.endsWith(`/${profile}`) === true;
}

function missing({ address, stack }: PlacedResource, what: string): never {
  throw new AssumptionError(`${address} of stack ${JSON.stringify(stack)} has no ${what}`);
}

function unknown(type: string, name: string): never {
  throw new AssumptionError(`the ${type} ${JSON.stringify(name)} is not among the stacks`);
}
