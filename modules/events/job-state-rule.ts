import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";
import type { IngestFunction } from "../lambda";
import type { DeadLetterQueue } from "../sqs";

/** Props of {@link JobStateRule}. */
export interface JobStateRuleProps {
  readonly naming: Naming;
  /** What the ARNs of the queues begin with whose jobs are told of. */
  readonly queueArnPrefix: string;
  readonly target: IngestFunction;
  readonly deadLetters: DeadLetterQueue;
}

const THING = "jobs";

/** ARN of the rule, which the dead-letter queue names before the rule exists. */
export function jobStateRuleArn(naming: Naming): string {
  return naming.arn("events", `rule/${naming.name("rule", "platform", THING)}`);
}

/**
 * Hands every change of a job, and every queue that is blocked, to the function.
 * Creates `aws_cloudwatch_event_rule`, its target, and the permission that lets this rule alone invoke the function.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/batch_cwe_events.html
 */
export class JobStateRule extends Construct {
  constructor(scope: Construct, id: string, props: JobStateRuleProps) {
    super(scope, id);
    const { naming, queueArnPrefix, target, deadLetters } = props;
    const rule = withLogicalId(
      new CloudwatchEventRule(this, "Rule", {
        name: naming.name("rule", "platform", THING),
        description: "What becomes of jobs of partners",
        eventPattern: JSON.stringify({
          source: ["aws.batch"],
          "detail-type": ["Batch Job State Change", "Batch Job Queue Blocked"],
          detail: { jobQueue: [{ prefix: queueArnPrefix }] },
        }),
      }),
      THING,
    );
    const permission = withLogicalId(
      new LambdaPermission(this, "Permission", {
        statementId: "Rule-jobs",
        action: "lambda:InvokeFunction",
        functionName: target.lambda.functionName,
        principal: "events.amazonaws.com",
        sourceArn: jobStateRuleArn(naming),
      }),
      THING,
    );
    withLogicalId(
      new CloudwatchEventTarget(this, "Target", {
        rule: rule.name,
        targetId: "escalate",
        arn: target.arn,
        deadLetterConfig: { arn: deadLetters.arn },
        retryPolicy: { maximumEventAgeInSeconds: 24 * 3600, maximumRetryAttempts: 185 },
        dependsOn: [permission, deadLetters.queue],
      }),
      THING,
    );
  }
}
