import { AwsError } from "../http/aws-error";

/**
 * Names of jobs, queues and job definitions.
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
 */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/u;

/** @see https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html */
export const LIMITS = {
  dependsOn: 20,
  submitBytes: 30 * 1024,
  definitionBytes: 24 * 1024,
  attempts: 10,
  evaluateOnExit: 5,
  minTimeoutSeconds: 60,
  computeEnvironmentsPerQueue: 3,
  tags: 50,
  describeJobs: 100,
  minArraySize: 2,
  maxArraySize: 10_000,
  minTimeLimitSeconds: 600,
  maxTimeLimitSeconds: 86_400,
  listPage: 100,
} as const;

/** Refuses a request as Batch does. */
export function refuse(message: string): never {
  throw new AwsError("ClientException", message);
}

/** Refuses the request unless the condition holds. */
export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) refuse(message);
}

/** Refuses a name that Batch does not take. */
export function requireName(field: string, name: string | undefined): asserts name is string {
  demand(
    name !== undefined && NAME_PATTERN.test(name),
    `${field} ${shown(name)} is not valid: it must begin with a letter or digit and hold at most 128 letters, digits, hyphens and underscores`,
  );
}

/** A value as it was given, for a message. */
export function shown(value: unknown): string {
  return value === undefined ? "(none)" : JSON.stringify(value);
}
