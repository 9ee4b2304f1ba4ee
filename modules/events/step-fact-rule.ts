import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Construct } from "constructs";
import { FUNCTION_JOB_ID } from "../contract";
import { type Naming, withLogicalId } from "../core";
import type { IngestFunction } from "../lambda";
import type { DeadLetterQueue } from "../sqs";

/** Props of {@link StepFactRule}. */
export interface StepFactRuleProps {
  readonly naming: Naming;
  /** The ledger, which sends its events to EventBridge. */
  readonly ledgerBucket: string;
  readonly target: IngestFunction;
  readonly deadLetters: DeadLetterQueue;
}

const THING = "step-facts";

/** ARN of the rule, which the dead-letter queue names before the rule exists. */
export function stepFactRuleArn(naming: Naming): string {
  return naming.arn("events", `rule/${naming.name("rule", "platform", THING)}`);
}

/** The facts that a function writes which does a step; facts of jobs come by the events of Batch. */
const SUFFIXES = ["RUNNING", "SUCCEEDED", "FAILED"].map(
  (status) => `/${FUNCTION_JOB_ID}.${status}.json`,
);

/**
 * Hands every word of a partner's function that does a step to the platform's function. A partner's function may write to
 * its partner's part of the ledger and nowhere else: S3 itself tells where a fact lies, so that nobody can speak for another
 * partner, and no partner needs a right to the platform's functions.
 * Creates `aws_cloudwatch_event_rule`, its target, and the permission that lets this rule alone invoke the function.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export class StepFactRule extends Construct {
  constructor(scope: Construct, id: string, props: StepFactRuleProps) {
    super(scope, id);
    const { naming, ledgerBucket, target, deadLetters } = props;
    const logicalId = "step_facts";
    const rule = withLogicalId(
      new CloudwatchEventRule(this, "Rule", {
        name: naming.name("rule", "platform", THING),
        description: "What becomes of steps that functions of partners do",
        eventPattern: JSON.stringify({
          source: ["aws.s3"],
          "detail-type": ["Object Created"],
          detail: {
            bucket: { name: [ledgerBucket] },
            object: { key: SUFFIXES.map((suffix) => ({ suffix })) },
          },
        }),
      }),
      logicalId,
    );
    const permission = withLogicalId(
      new LambdaPermission(this, "Permission", {
        statementId: "Rule-step-facts",
        action: "lambda:InvokeFunction",
        functionName: target.lambda.functionName,
        principal: "events.amazonaws.com",
        sourceArn: stepFactRuleArn(naming),
      }),
      logicalId,
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
      logicalId,
    );
  }
}
