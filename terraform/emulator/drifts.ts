import type { Environment } from "../../modules/config";
import { ANNOUNCEMENT_MAX_RECEIVES } from "../../modules/contract";
import type { Naming } from "../../modules/core";
import { namingOf, stackTags } from "../../modules/stack";
import { UNKNOWN } from "../plan/masking";
import type { AcceptedDrift } from "./drift";

/**
 * What a plan right after an apply still shows on the emulator, each with its reason. Anything else that it shows is a fault
 * of ours, and an entry that it does not show is one, too.
 *
 * @param unpacking - those of the partners that have a function which unpacks
 */
export function acceptedDrifts(
  environment: Environment,
  partners: readonly string[],
  unpacking: readonly string[] = [],
): readonly AcceptedDrift[] {
  const naming = namingOf(environment);
  return [
    ...platformDrifts(environment),
    ...["escalate", "notify", "reconcile"].flatMap((thing) =>
      functionDrifts(naming, "platform", thing),
    ),
    eventBridgeDrift("ledger"),
    ...unpacking.map((id) => logDrift(naming, id, "unpack")),
    ...partners.flatMap((id) => partnerDrifts(environment, id)),
  ];
}

function platformDrifts(environment: Environment): readonly AcceptedDrift[] {
  const limit = (reason: string): unknown => ({
    action: "CANCEL",
    max_time_seconds: 3600,
    reason,
    state: "RUNNABLE",
  });
  const redrive = JSON.stringify({
    deadLetterTargetArn: namingOf(environment).queueArn("platform", "dead-letters"),
    maxReceiveCount: ANNOUNCEMENT_MAX_RECEIVES,
  });
  const launchTemplate = "follows from the launch template, which would get another version";
  return [
    {
      address: "aws_launch_template.*",
      attribute: "tag_specifications.2",
      before: { resource_type: "launch-template", tags: stackTags(environment, "platform") },
      after: null,
      reason: "moto lists the template's own tags among those of what is launched from it",
    },
    ...["default_version", "latest_version"].map((attribute) => ({
      address: "aws_launch_template.*",
      attribute,
      before: 1,
      after: UNKNOWN,
      reason: launchTemplate,
    })),
    {
      address: "aws_batch_compute_environment.*",
      attribute: "compute_resources.0.launch_template.0.version",
      before: "1",
      after: UNKNOWN,
      reason: launchTemplate,
    },
    {
      address: "aws_batch_compute_environment.*",
      attribute: "update_policy.0",
      before: null,
      after: { job_execution_timeout_minutes: 360, terminate_jobs_on_update: false },
      reason: "moto's Batch does not keep a compute environment's update policy",
    },
    ...[
      "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
      "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
      "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    ].map((reason, index) => ({
      address: "aws_batch_job_queue.*",
      attribute: `job_state_time_limit_action.${String(index)}`,
      before: null,
      after: limit(reason),
      reason: "moto's Batch does not keep a queue's limits for stuck jobs",
    })),
    {
      address: "aws_sqs_queue.announcements",
      attribute: "redrive_policy",
      before: redrive.replaceAll(/([:,])"/gu, '$1 "').replace('Count":', 'Count": '),
      after: redrive,
      reason: "moto's SQS tells a redrive policy with spaces in its JSON",
    },
    {
      address: "aws_vpc_security_group_ingress_rule.file_system_in",
      attribute: "description",
      before: null,
      after: "NFS from jobs",
      reason: "moto forgets the description of a rule that names another security group",
    },
  ];
}

function partnerDrifts(environment: Environment, partner: string): readonly AcceptedDrift[] {
  const naming = namingOf(environment);
  return [...functionDrifts(naming, partner, "trigger"), eventBridgeDrift("landing")];
}

const eventBridgeDrift = (bucket: string): AcceptedDrift => ({
  address: `aws_s3_bucket_notification.${bucket}`,
  attribute: "eventbridge",
  before: false,
  after: true,
  reason: "moto's S3 leaves EventBridge out of a bucket's notification configuration",
});

function functionDrifts(naming: Naming, owner: string, thing: string): readonly AcceptedDrift[] {
  return [
    {
      address: `aws_lambda_function.${thing}`,
      attribute: "dead_letter_config.0",
      before: null,
      after: { target_arn: naming.queueArn(owner, "dead-letters") },
      reason: "moto's Lambda does not tell of a function's dead-letter queue",
    },
    logDrift(naming, owner, thing),
  ];
}

const logDrift = (naming: Naming, owner: string, thing: string): AcceptedDrift => ({
  address: `aws_lambda_function.${thing}`,
  attribute: "logging_config.0",
  before: null,
  after: {
    application_log_level: null,
    log_format: "Text",
    log_group: naming.logGroup(owner, thing),
    system_log_level: null,
  },
  reason: "moto's Lambda does not tell of a function's log group",
});
