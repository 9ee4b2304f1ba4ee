import { ConfigError } from "./errors";

/** Longest names that AWS takes, in characters. */
export const NAME_LIMITS = {
  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
  bucket: 63,
  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  role: 64,
  policy: 128,
  instanceProfile: 128,
  /** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
  function: 64,
  /** https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html */
  batch: 128,
  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html */
  queue: 80,
  /** https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
  topic: 256,
  /** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
  rule: 64,
  /** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
  schedule: 64,
  scheduleGroup: 64,
  alarm: 255,
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html */
  dashboard: 255,
  launchTemplate: 128,
  securityGroup: 255,
  tag: 256,
} as const;

/** A kind of name with a limit. */
export type NamedKind = keyof typeof NAME_LIMITS;

/** Throws unless a number lies in a range. `path` is the user's own setting. */
export function assertInRange(
  path: string,
  value: number,
  range: { readonly min: number; readonly max: number; readonly do: string },
): void {
  if (Number.isInteger(value) && value >= range.min && value <= range.max) return;
  throw new ConfigError(
    `${path} must be a whole number between ${String(range.min)} and ${String(range.max)}, got ${String(value)}; ${range.do}`,
  );
}
