import { createHash } from "node:crypto";
import type { ExpectationsSpec, NotificationsSpec } from "./notifications";
import type { ChainName } from "./run";
import type { StepFunction } from "./unpack-function";

/** What the trigger needs to know of a partner; lies beside its code in the zip, as `spec.json`. */
export interface PartnerSpec {
  readonly schemaVersion: 1;
  readonly partner: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  readonly ledgerBucket: string;
  /** Fair-share identifier of the partner's jobs. */
  readonly shareIdentifier: string;
  /** Tags of every job of the partner, for cost and ownership. */
  readonly jobTags: Readonly<Record<string, string>>;
  readonly triggers: readonly TriggerSpec[];
  readonly chains: Readonly<Record<ChainName, readonly StepSpec[]>>;
  readonly limits?: PartnerLimits | undefined;
  readonly notifications?: NotificationsSpec | undefined;
  readonly expectations?: ExpectationsSpec | undefined;
}

/** How much of the platform a partner may use at a time. */
export interface PartnerLimits {
  /** Orders under way at the same time, 1 or more; further ones wait, oldest first. No limit where it is missing. */
  readonly concurrentOrders?: number | undefined;
}

/** A way in which orders become known. */
export type TriggerSpec =
  | { readonly name: string; readonly kind: "manual"; readonly starts: ChainName }
  | {
      readonly name: string;
      readonly kind: "schedule";
      readonly starts: ChainName;
      /** IANA time zone in which the order's date is told. */
      readonly timezone: string;
    }
  | {
      readonly name: string;
      readonly kind: "s3";
      readonly starts: ChainName;
      readonly bucket: string;
      readonly prefix: string;
      readonly suffix: string;
    };

/** One step: a Batch job. In the order of submission: what a step comes after stands before it. */
export interface StepSpec {
  readonly name: string;
  readonly after: readonly string[];
  /** ARN of the job definition without the revision; the revision is in the trigger's environment. */
  readonly jobDefinition: string;
  /** Queue for the first submission, and the queue that escalation uses (the same where a pool has no other). */
  readonly queues: { readonly standard: string; readonly onDemand: string };
  /** 0 to 9,999; higher is scheduled first within the partner's share. */
  readonly schedulingPriority: number;
  /** Whether it writes a manifest, so that what it delivered can be verified. @default false */
  readonly delivers?: true | undefined;
  /** Children of an array job, 2 to 10,000; left out for a job that is none. */
  readonly arraySize?: number | undefined;
  /**
   * Left out where {@link arraySize} is known beforehand. Else the order comes from an object that lists files, one a
   * line, and the trigger counts them when it claims the order: one child for so many files, at most `max` children.
   */
  readonly arrayFiles?: ArrayFiles | undefined;
  /** What does the step for orders that come from a small object; Batch does it where it is missing, and where it fails. */
  readonly function?: StepFunction | undefined;
}

/** How the size of an array follows from the number of files. */
export interface ArrayFiles {
  readonly perChild: number;
  /** At most 10,000, which is Batch's limit; the children then do more files each. */
  readonly max: number;
}

/**
 * Size of the array for a number of files; 1 is a job that is no array, which Batch would refuse.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html
 */
export const arraySizeFor = (files: number, { perChild, max }: ArrayFiles): number =>
  Math.max(1, Math.min(max, Math.ceil(files / perChild)));

/** Canonical JSON of a spec: keys sorted, so that equal specs have equal bytes. */
export function specJson(spec: PartnerSpec): string {
  return JSON.stringify(sortKeys(spec));
}

/** SHA-256 of {@link specJson}, in hex. */
export function specDigest(spec: PartnerSpec): string {
  return createHash("sha256").update(specJson(spec)).digest("hex");
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}
