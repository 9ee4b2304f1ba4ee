import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Construct } from "constructs";
import { type Naming, snakeCase, terraformText, withLogicalId } from "../core";
import type { IngestFunction } from "../lambda";
import type { DeadLetterQueue } from "../sqs";
import { type ObjectFilter, objectCreatedPattern } from "./object-created-pattern";

/** Props of {@link ObjectRule}. */
export interface ObjectRuleProps {
  readonly naming: Naming;
  readonly owner: string;
  /** Name of the trigger. */
  readonly trigger: string;
  readonly filter: ObjectFilter;
  readonly target: IngestFunction;
  readonly deadLetters: DeadLetterQueue;
}

/** ARN of the rule of a trigger, which the dead-letter queue names before the rule exists. */
export function objectRuleArn(naming: Naming, owner: string, trigger: string): string {
  return naming.arn("events", `rule/${naming.name("rule", owner, trigger)}`);
}

/**
 * Hands every object that appears to the function. The bucket must send its events to EventBridge.
 * Creates `aws_cloudwatch_event_rule`, its target, and the permission that lets this rule alone invoke the function.
 */
export class ObjectRule extends Construct {
  readonly rule: CloudwatchEventRule;

  constructor(scope: Construct, id: string, props: ObjectRuleProps) {
    super(scope, id);
    const { naming, owner, trigger, filter, target, deadLetters } = props;
    const logicalId = `objects_${snakeCase(trigger)}`;
    this.rule = withLogicalId(
      new CloudwatchEventRule(this, "Rule", {
        name: naming.name("rule", owner, trigger),
        description: `Objects in ${filter.bucket} start orders of ${owner}`,
        eventPattern: terraformText(objectCreatedPattern(filter)),
      }),
      logicalId,
    );
    const permission = withLogicalId(
      new LambdaPermission(this, "Permission", {
        statementId: `Rule-${trigger}`,
        action: "lambda:InvokeFunction",
        functionName: target.lambda.functionName,
        principal: "events.amazonaws.com",
        sourceArn: objectRuleArn(naming, owner, trigger),
      }),
      logicalId,
    );
    withLogicalId(
      new CloudwatchEventTarget(this, "Target", {
        rule: this.rule.name,
        targetId: "trigger",
        arn: target.arn,
        deadLetterConfig: { arn: deadLetters.arn },
        retryPolicy: { maximumEventAgeInSeconds: 24 * 3600, maximumRetryAttempts: 185 },
        // Events that come before the permission would go to the dead letters.
        dependsOn: [permission, deadLetters.queue],
      }),
      logicalId,
    );
  }
}
