import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";

/** Props of {@link FailedJobsRule}. */
export interface FailedJobsRuleProps {
  readonly naming: Naming;
  /**
   * What the ARNs of the queues begin with whose failed jobs are told of. Not each ARN: AWS takes 2,048 characters of
   * pattern, which the queues of a dozen pools fill.
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
   */
  readonly queueArnPrefix: string;
  readonly topicArn: string;
  /** The topic's policy, which lets the rule publish. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * Tells a topic of every job that failed for good; Batch has no metric for it.
 * Creates `aws_cloudwatch_event_rule` and its target.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/batch_cwe_events.html
 */
export class FailedJobsRule extends Construct {
  constructor(scope: Construct, id: string, props: FailedJobsRuleProps) {
    super(scope, id);
    const rule = withLogicalId(
      new CloudwatchEventRule(this, "Rule", {
        name: props.naming.name("rule", "platform", "failed-jobs"),
        description: "Batch jobs of partners that failed for good",
        eventPattern: JSON.stringify({
          source: ["aws.batch"],
          "detail-type": ["Batch Job State Change"],
          detail: { status: ["FAILED"], jobQueue: [{ prefix: props.queueArnPrefix }] },
        }),
      }),
      "failed_jobs",
    );
    withLogicalId(
      new CloudwatchEventTarget(this, "Target", {
        rule: rule.name,
        targetId: "alerts",
        arn: props.topicArn,
        inputTransformer: {
          inputPaths: {
            job: "$.detail.jobName",
            id: "$.detail.jobId",
            queue: "$.detail.jobQueue",
            reason: "$.detail.statusReason",
          },
          // A JSON string: EventBridge puts the values in as text.
          inputTemplate: `"The job <job> failed: <reason>. Job id <id>, queue <queue>. The step's report in the ledger and the job's log tell what happened."`,
        },
        dependsOn: [...props.dependsOn],
      }),
      "failed_jobs",
    );
  }
}
