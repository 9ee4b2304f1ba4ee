import { createHash } from "node:crypto";
import path from "node:path";
import {
  type ContainerProperties,
  type EvaluateOnExit,
  type RegisterJobDefinitionRequest,
} from "@aws-sdk/client-batch";
import { AssumptionError, DELIMITER } from "../../modules/core";
import { type AttributeLookup } from "./expressions";
import { type Resource, StackDocument } from "./stack-document";

/** A bucket as the stack declares it. */
export interface DeclaredBucket {
  readonly name: string;
  readonly versioned: boolean;
  readonly eventBridge: boolean;
}

/** A function as the stack declares it. */
export interface DeclaredFunction {
  readonly name: string;
  readonly zipFile: string;
  readonly handler: string;
  /** Names revisions: to be asked for when the job definitions are registered. */
  readonly environment: () => Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMib: number;
  /** An event that failed is neither tried again nor kept. */
  readonly once: boolean;
}

/** A schedule as the stack declares it. */
export interface DeclaredSchedule {
  readonly name: string;
  readonly expression: string;
  readonly timezone: string;
  /** JSON that Scheduler sends, with its own placeholders. */
  readonly input: string;
}

/** A rule for events as the stack declares it. */
export interface DeclaredRule {
  readonly name: string;
  /** JSON of the event pattern. */
  readonly pattern: string;
}

/** What a run on one machine takes from the Terraform of a partner's stack. */
export interface DeclaredPartner {
  readonly buckets: readonly DeclaredBucket[];
  /** By their logical id. */
  readonly jobDefinitions: Readonly<Record<string, RegisterJobDefinitionRequest>>;
  readonly trigger: DeclaredFunction;
  /** Further functions, which do steps in the place of jobs. */
  readonly stepFunctions: readonly DeclaredFunction[];
  readonly schedules: readonly DeclaredSchedule[];
  readonly rules: readonly DeclaredRule[];
}

/**
 * Reads the Terraform JSON of a partner's stack.
 *
 * @param directory - the stack's directory below `cdktf.out/stacks`
 * @param revisionOf - revision of a job definition by its logical id, once it is registered
 * @throws AssumptionError where something is of a form that is not understood
 */
export function readPartnerStack(
  directory: string,
  revisionOf: (logicalId: string) => number | undefined,
): DeclaredPartner {
  const attributes: AttributeLookup = (type, id, attribute) => {
    switch (`${type}.${attribute}`) {
      case "aws_batch_job_definition.revision":
        return revisionOf(id);
      case "aws_efs_access_point.id":
        return accessPointId(directory, id);
      case "aws_s3_bucket.id":
      case "aws_s3_bucket.bucket":
        return named(id, "aws_s3_bucket", "bucket");
      case "aws_lambda_function.function_name":
        return named(id, "aws_lambda_function", "function_name");
      default:
        return undefined;
    }
  };
  const stack = StackDocument.read(directory, attributes);
  const named = (id: string, type: string, argument: string): string | undefined =>
    stack
      .resources(type)
      .find((resource) => resource.id === id)
      ?.text(argument);
  return {
    buckets: stack.resources("aws_s3_bucket").map((bucket) => bucketOf(stack, bucket)),
    jobDefinitions: Object.fromEntries(
      stack
        .resources("aws_batch_job_definition")
        .map((definition) => [definition.id, jobDefinition(definition)]),
    ),
    ...functionsOf(stack),
    schedules: stack.resources("aws_scheduler_schedule").map(scheduleOf),
    rules: stack.resources("aws_cloudwatch_event_rule").map((rule) => ({
      name: rule.text("name"),
      pattern: rule.text("event_pattern"),
    })),
  };
}

/** An id of AWS's form, the same for each run, and another for each partner. */
function accessPointId(directory: string, id: string): string {
  const hash = createHash("sha256")
    .update(`${path.basename(directory)}/${id}`)
    .digest("hex");
  return `fsap-${hash.slice(0, 17)}`;
}

function bucketOf(stack: StackDocument, bucket: Resource): DeclaredBucket {
  const name = bucket.text("bucket");
  const of = (type: string): Resource | undefined =>
    stack.resources(type).find((resource) => resource.text("bucket") === name);
  return {
    name,
    versioned:
      of("aws_s3_bucket_versioning")?.blocks("versioning_configuration")[0]?.text("status") ===
      "Enabled",
    eventBridge: of("aws_s3_bucket_notification")?.flag("eventbridge") ?? false,
  };
}

function jobDefinition(definition: Resource): RegisterJobDefinitionRequest {
  const [retry] = definition.blocks("retry_strategy");
  const seconds = definition.blocks("timeout")[0]?.optionalNumber("attempt_duration_seconds");
  const attempts = retry?.optionalNumber("attempts");
  return {
    jobDefinitionName: definition.text("name"),
    type: definition.text("type") as "container",
    containerProperties: definition.json("container_properties") as ContainerProperties,
    platformCapabilities: definition.list("platform_capabilities") as ("EC2" | "FARGATE")[],
    propagateTags: definition.flag("propagate_tags"),
    ...(retry === undefined
      ? {}
      : {
          retryStrategy: {
            ...(attempts === undefined ? {} : { attempts }),
            evaluateOnExit: retry.blocks("evaluate_on_exit").map(retryRule),
          },
        }),
    ...(seconds === undefined ? {} : { timeout: { attemptDurationSeconds: seconds } }),
  };
}

function retryRule(rule: Resource): EvaluateOnExit {
  const [onStatusReason, onReason, onExitCode] = (
    ["on_status_reason", "on_reason", "on_exit_code"] as const
  ).map((name) => rule.optionalText(name));
  return {
    action: rule.text("action") as EvaluateOnExit["action"],
    ...(onStatusReason === undefined ? {} : { onStatusReason }),
    ...(onReason === undefined ? {} : { onReason }),
    ...(onExitCode === undefined ? {} : { onExitCode }),
  };
}

function functionsOf(stack: StackDocument): Pick<DeclaredPartner, "trigger" | "stepFunctions"> {
  const functions = stack
    .resources("aws_lambda_function")
    .map((lambda) => functionOf(stack, lambda));
  const [trigger, ...more] =
    functions.length < 2
      ? functions
      : functions.filter(({ name }) => name.endsWith(`${DELIMITER}trigger`));
  if (trigger === undefined || more.length > 0)
    throw new AssumptionError(
      `the stack in ${stack.directory} must hold one trigger; its functions are ${functions.map(({ name }) => name).join(", ") || "none"}`,
    );
  return { trigger, stepFunctions: functions.filter((one) => one !== trigger) };
}

function functionOf(stack: StackDocument, lambda: Resource): DeclaredFunction {
  const invocations = stack
    .resources("aws_lambda_function_event_invoke_config")
    .find(({ id }) => id === lambda.id);
  return {
    name: lambda.text("function_name"),
    zipFile: path.resolve(stack.directory, lambda.text("filename")),
    handler: lambda.text("handler"),
    environment: () => lambda.blocks("environment")[0]?.texts("variables") ?? {},
    timeoutSeconds: lambda.number("timeout"),
    memoryMib: lambda.number("memory_size"),
    once: invocations?.optionalNumber("maximum_retry_attempts") === 0,
  };
}

function scheduleOf(schedule: Resource): DeclaredSchedule {
  return {
    name: schedule.text("name"),
    expression: schedule.text("schedule_expression"),
    timezone: schedule.text("schedule_expression_timezone"),
    input: schedule.blocks("target")[0]?.text("input") ?? "{}",
  };
}
