import type { SubmitJobCommandInput } from "@aws-sdk/client-batch";
import {
  ENV,
  JOB_NAME_MAX,
  jobName,
  type ClaimRecord,
  type PartnerSpec,
  type StepRef,
  type StepSpec,
} from "../../modules/contract";
import { arraySizeOf } from "./array-size";
import { claimedDay } from "./claims";
import { PermanentError } from "./errors";
import { SUBMIT_PAYLOAD_MAX_BYTES } from "./job-limits";
import { shown } from "./json";

/** What differs when a step is not submitted for the first time. */
export interface RequestOptions {
  /** Steps that are done: nothing waits for them, and Batch may have forgotten their jobs. */
  readonly done?: ReadonlySet<string>;
  /** Whether the step goes to its on-demand queue. */
  readonly onDemand?: boolean;
  /** The children of the step that are done again; all of them where it is missing. */
  readonly arrayIndexes?: readonly number[] | undefined;
}

/**
 * Builds the SubmitJob request of a step.
 *
 * The order's id is text from outside: it goes into variables of the environment alone. Names and tags hold the order's
 * key, which is made of letters, digits and hyphens.
 *
 * @param jobs - job ids of the steps before, by step
 */
export function jobRequest(
  ref: StepRef,
  step: StepSpec,
  claim: ClaimRecord,
  spec: PartnerSpec,
  jobs: Readonly<Record<string, string>>,
  { done = new Set(), onDemand = false, arrayIndexes }: RequestOptions = {},
): SubmitJobCommandInput {
  const revision = claim.jobDefinitionRevisions[step.name];
  if (revision === undefined)
    throw new PermanentError(
      `the claim of order ${shown(claim.orderId)} tells no job definition revision for step ${shown(step.name)}; look at it by hand`,
    );
  const name = jobName(ref);
  if (name.length > JOB_NAME_MAX || !/^[A-Za-z0-9][A-Za-z0-9_-]*$/u.test(name))
    throw new PermanentError(
      `the job name ${shown(name)} is not allowed: at most ${String(JOB_NAME_MAX)} letters, digits, "-" and "_"; shorten the id of the partner or the name of the step`,
    );
  const environment = {
    ...stepEnvironment(ref, step, claim, spec),
    ...(arrayIndexes === undefined ? {} : { [ENV.arrayIndexes]: JSON.stringify(arrayIndexes) }),
  };
  const size = arrayIndexes?.length ?? arraySizeOf(claim, step);
  const request: SubmitJobCommandInput = {
    jobName: name,
    jobQueue: onDemand ? step.queues.onDemand : step.queues.standard,
    jobDefinition: `${step.jobDefinition}:${String(revision)}`,
    shareIdentifier: spec.shareIdentifier,
    schedulingPriorityOverride: step.schedulingPriority,
    dependsOn: step.after
      .filter((earlier) => !done.has(earlier))
      .map((earlier) => ({ jobId: idOf(jobs, earlier, step) })),
    ...(size === undefined || size < 2 ? {} : { arrayProperties: { size } }),
    containerOverrides: {
      environment: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
    },
    tags: { ...spec.jobTags, partner: ref.partner, orderKey: ref.orderKey, step: ref.step },
    propagateTags: true,
  };
  const bytes = Buffer.byteLength(JSON.stringify(request), "utf8");
  if (bytes > SUBMIT_PAYLOAD_MAX_BYTES)
    throw new PermanentError(
      `the request for step ${shown(step.name)} takes ${String(bytes)} bytes, Batch allows ${String(SUBMIT_PAYLOAD_MAX_BYTES)}; give the partner fewer or shorter tags`,
    );
  return request;
}

/** What whoever does a step is told of its order, in variables; all else stands in what was deployed. */
export function stepEnvironment(
  ref: StepRef,
  step: StepSpec,
  claim: ClaimRecord,
  { environment }: Pick<PartnerSpec, "environment">,
): Record<string, string> {
  const parts = arraySizeOf(claim, step);
  return {
    [ENV.environment]: environment,
    [ENV.orderId]: claim.orderId,
    [ENV.orderKey]: ref.orderKey,
    [ENV.attempt]: String(ref.attempt),
    [ENV.step]: ref.step,
    [ENV.generation]: String(ref.generation),
    [ENV.claimedDay]: claimedDay(claim),
    [ENV.source]: JSON.stringify(claim.source),
    ...(claim.resumesFrom === undefined
      ? {}
      : { [ENV.stagingAttempt]: String(claim.resumesFrom.stagingAttempt) }),
    ...(claim.verifies === undefined ? {} : { [ENV.verifies]: String(claim.verifies) }),
    ...(parts === undefined ? {} : { [ENV.arraySize]: String(parts) }),
  };
}

function idOf(jobs: Readonly<Record<string, string>>, earlier: string, step: StepSpec): string {
  const id = jobs[earlier];
  // specFaults has asked that what a step comes after stands before it.
  if (id === undefined)
    throw new PermanentError(
      `step ${shown(step.name)} comes after ${shown(earlier)}, which has no job`,
    );
  return id;
}
