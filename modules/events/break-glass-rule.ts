import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";
import type { DeadLetterQueue } from "../sqs";

/** Props of {@link BreakGlassRule}. */
export interface BreakGlassRuleProps {
  readonly naming: Naming;
  readonly topicArn: string;
  /** Keeps what could not be published. */
  readonly deadLetters: DeadLetterQueue;
  /** The topic's policy, which lets the rule publish. */
  readonly dependsOn: readonly ITerraformDependable[];
}

const THING = "break-glass";

/** ARN of the rule, which others name before it exists. */
export function breakGlassRuleArn(naming: Naming): string {
  return naming.arn("events", `rule/${naming.name("rule", "platform", THING)}`);
}

/**
 * Tells the alerts topic of every try to take the role on that breaks the glass, whether it succeeded or not. Creates
 * `aws_cloudwatch_event_rule` and its target.
 *
 * The event is CloudTrail's: the account must have a trail that logs management events, reads included, in this region. The
 * role's trust wants the region's own STS, so the event is of this region.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export class BreakGlassRule extends Construct {
  constructor(scope: Construct, id: string, props: BreakGlassRuleProps) {
    super(scope, id);
    const { naming, deadLetters } = props;
    const rule = withLogicalId(
      new CloudwatchEventRule(this, "Rule", {
        name: naming.name("rule", "platform", THING),
        description: "Somebody breaks the glass",
        eventPattern: breakGlassPattern(naming.roleArn("bootstrap", THING)),
        // CloudTrail calls AssumeRole a read, which a rule that is merely enabled does not get.
        // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
        state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      }),
      "break_glass",
    );
    withLogicalId(
      new CloudwatchEventTarget(this, "Target", {
        rule: rule.name,
        targetId: "alerts",
        arn: props.topicArn,
        inputTransformer: {
          inputPaths: {
            // Of another account's user CloudTrail tells the account and a principal's id, and no ARN.
            who: "$.detail.userIdentity.arn",
            principal: "$.detail.userIdentity.principalId",
            account: "$.detail.userIdentity.accountId",
            session: "$.detail.requestParameters.roleSessionName",
            address: "$.detail.sourceIPAddress",
            at: "$.detail.eventTime",
            error: "$.detail.errorCode",
            event: "$.detail.eventID",
          },
          inputTemplate: `"Somebody breaks the glass of ${naming.scope.environment}: at <at>, <who> (<principal> of account <account>) asked for the role ${naming.name("role", "bootstrap", THING)} as <session> from <address>. Refused: <error> (nothing there: it was given). CloudTrail's event <event>, and those of the session, tell what was done."`,
        },
        deadLetterConfig: { arn: deadLetters.arn },
        retryPolicy: { maximumEventAgeInSeconds: 24 * 3600, maximumRetryAttempts: 185 },
        dependsOn: [...props.dependsOn, deadLetters.queue],
      }),
      "break_glass",
    );
  }
}

/**
 * The event pattern for tries to take a role on. The case of the ARN is the caller's: names of roles differ in more.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
export function breakGlassPattern(roleArn: string): string {
  return JSON.stringify({
    source: ["aws.sts"],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: {
      eventSource: ["sts.amazonaws.com"],
      eventName: ["AssumeRole"],
      requestParameters: { roleArn: [{ "equals-ignore-case": roleArn }] },
    },
  });
}
