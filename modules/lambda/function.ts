import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { Construct } from "constructs";
import { AlertAlarm } from "../cloudwatch";
import { type Naming, withLogicalId } from "../core";
import { type Grant, WorkloadRole } from "../iam";
import { LogGroup, writeLogs } from "../logs";
import type { DeadLetterQueue } from "../sqs";
import type { FunctionPackage } from "./package";
import { writeWithStack } from "./stack-file";

/** Props of {@link IngestFunction}. */
export interface IngestFunctionProps {
  readonly naming: Naming;
  readonly owner: string;
  /** Last part of the names of function, role, log group and alarm; also the logical id. */
  readonly thing: string;
  /** What the function is for, for people. */
  readonly description: string;
  readonly code: FunctionPackage;
  readonly environment: Readonly<Record<string, string>>;
  /** Permissions besides those for its log and dead letters. */
  readonly grants: readonly Grant[];
  readonly boundaryArn: string;
  readonly timeoutSeconds: number;
  /** @default 512 */
  readonly memoryMib?: number;
  /** @default "arm64" */
  readonly architecture?: "arm64" | "x86_64";
  readonly logRetentionDays: number;
  /** True when the log may be destroyed with the function. */
  readonly disposable: boolean;
  /** Where events go that failed three times; missing with {@link IngestFunctionProps.once}. */
  readonly deadLetters?: DeadLetterQueue;
  /**
   * For a function whose event is not repeated and not kept, because something else goes on with what failed.
   * @default - two retries, then the dead-letter queue
   */
  readonly once?: {
    /** How long Lambda may keep an event that it can not hand over. At least 60. */
    readonly maxEventAgeSeconds: number;
    /** What goes on and what to do, for whoever the alarm wakes. */
    readonly onError: string;
  };
  readonly alertsTopicArn: string;
}

/** How long Lambda keeps trying to hand over an event: its own longest. */
const MAX_EVENT_AGE_SECONDS = 6 * 3600;

/**
 * A function with a role of its own, a log group with a retention, two retries and then the dead-letter queue, or neither
 * of them, and an alarm on errors. Creates `aws_lambda_function`, `aws_lambda_function_event_invoke_config`, role, log group and alarm.
 */
export class IngestFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: WorkloadRole;
  readonly functionName: string;
  /** Literal, known at plan time. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: IngestFunctionProps) {
    super(scope, id);
    const { naming, owner, thing, code, deadLetters, once } = props;
    this.functionName = naming.name("function", owner, thing);
    this.arn = naming.functionArn(owner, thing);
    const log = new LogGroup(this, "Log", {
      naming,
      owner,
      thing,
      retentionDays: props.logRetentionDays,
      disposable: props.disposable,
      logicalId: thing,
    });
    this.role = this.createRole(props, log);
    this.lambda = withLogicalId(
      new LambdaFunction(this, "Function", {
        functionName: this.functionName,
        description: props.description,
        role: this.role.arn,
        runtime: "nodejs22.x",
        architectures: [props.architecture ?? "arm64"],
        handler: "index.handler",
        filename: writeWithStack(this, `${thing}.zip`, code.zip),
        sourceCodeHash: code.hash,
        memorySize: props.memoryMib ?? 512,
        timeout: props.timeoutSeconds,
        environment: { variables: { ...props.environment } },
        // The functions write JSON lines themselves.
        loggingConfig: { logFormat: "Text", logGroup: log.groupName },
        ...(deadLetters === undefined ? {} : { deadLetterConfig: { targetArn: deadLetters.arn } }),
        // Lambda checks at creation that the role may write to the log and the queue.
        dependsOn: [
          log.group,
          ...(deadLetters === undefined ? [] : [deadLetters.queue]),
          this.role.role,
          ...this.role.policies,
        ],
      }),
      thing,
    );
    withLogicalId(
      new LambdaFunctionEventInvokeConfig(this, "Invocations", {
        functionName: this.lambda.functionName,
        maximumRetryAttempts: once === undefined ? 2 : 0,
        maximumEventAgeInSeconds: once?.maxEventAgeSeconds ?? MAX_EVENT_AGE_SECONDS,
      }),
      thing,
    );
    this.createAlarm(props);
  }

  private createRole(props: IngestFunctionProps, log: LogGroup): WorkloadRole {
    const { naming, owner, thing } = props;
    const from = `functions.${thing}`;
    return new WorkloadRole(this, "Role", {
      naming,
      owner,
      thing,
      trust: { service: "lambda" },
      grants: [
        ...props.grants,
        writeLogs(log.arn, from),
        ...(props.deadLetters === undefined ? [] : [props.deadLetters.grantSend(from)]),
      ],
      boundaryArn: props.boundaryArn,
      description: props.description,
      logicalId: thing,
    });
  }

  private createAlarm(props: IngestFunctionProps): void {
    const { naming, owner, thing, once, alertsTopicArn } = props;
    const then =
      once?.onError ??
      "Lambda tries an event three times and keeps it in the dead-letter queue then";
    new AlertAlarm(this, "Errors", {
      naming,
      owner,
      thing: `${thing}-errors`,
      logicalId: `${thing}_errors`,
      description: `${this.functionName} failed; ${then}`,
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: this.functionName },
      statistic: "Sum",
      alertsTopicArn,
    });
  }
}
