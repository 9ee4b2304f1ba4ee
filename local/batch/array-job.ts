import {
  type ArrayJobDependency,
  type JobStatus,
  type SubmitJobRequest,
} from "@aws-sdk/client-batch";
import { type Job } from "./job";
import { demand, LIMITS, shown } from "./limits";

/** The children of an array job. */
export interface ArrayState {
  readonly size: number;
  /** Empty until what the array waits for has ended. */
  readonly children: Job[];
  /** How many children are in which status. */
  readonly summary: Partial<Record<JobStatus, number>>;
}

/** Checks the size of an array job. @see https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html */
export function arrayState({ arrayProperties }: SubmitJobRequest): ArrayState | undefined {
  if (arrayProperties === undefined) return undefined;
  const { size } = arrayProperties;
  demand(
    size !== undefined &&
      Number.isInteger(size) &&
      size >= LIMITS.minArraySize &&
      size <= LIMITS.maxArraySize,
    `arrayProperties.size must be between ${String(LIMITS.minArraySize)} and ${String(LIMITS.maxArraySize)}, got ${shown(size)}`,
  );
  return { size, children: [], summary: {} };
}

/** Makes the children of an array job: each waits for what its index waits for. */
export function makeChildren(parent: Job): readonly Job[] {
  const { array } = parent;
  if (array === undefined) return [];
  const others = dependenciesOfType(parent, "N_TO_N");
  const inTurn = dependenciesOfType(parent, "SEQUENTIAL").length > 0;
  for (let index = 0; index < array.size; index += 1) {
    const suffix = `:${String(index)}`;
    array.children.push({
      ...parent,
      id: parent.id + suffix,
      arn: parent.arn + suffix,
      array: undefined,
      child: { parent, index },
      dependencies: [],
      dependsOn: [
        ...others.flatMap(({ jobId }) => (jobId === undefined ? [] : [jobId + suffix])),
        ...(inTurn && index > 0 ? [`${parent.id}:${String(index - 1)}`] : []),
      ],
      // Children can not be tagged.
      tags: {},
      attempts: [],
      status: "SUBMITTED",
    });
  }
  return array.children;
}

/** Dependencies of a job of a type. */
export const dependenciesOfType = (
  { dependencies }: Job,
  type: ArrayJobDependency,
): readonly { readonly jobId?: string | undefined }[] =>
  dependencies.filter((dependency) => dependency.type === type);

/** Counts a child's change of status. */
export function countChild(
  { summary }: ArrayState,
  from: JobStatus | undefined,
  to: JobStatus,
): void {
  if (from !== undefined) summary[from] = (summary[from] ?? 1) - 1;
  summary[to] = (summary[to] ?? 0) + 1;
}

/** How many children have ended. */
export const endedChildren = ({ summary }: ArrayState): number =>
  (summary.SUCCEEDED ?? 0) + (summary.FAILED ?? 0);
