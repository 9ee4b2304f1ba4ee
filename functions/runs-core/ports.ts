import type { SubmitJobCommandInput } from "@aws-sdk/client-batch";
import type { JobStatusRecord } from "../../modules/contract";
import type { LedgerReader } from "../../modules/ledger";
import type { StepFunctions } from "./functions-port";
import type { Log } from "./log";

/** Time and chance, injected so that tests own them. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** At least 0, less than 1. */
  random(): number;
}

/** An object of the ledger as it was read. */
export interface Stored {
  readonly body: string;
  readonly etag: string;
}

/** How a conditional write ended. `conflict`: the condition did not hold, which an own lost answer also causes. */
export type Written = "written" | "conflict";

/**
 * The ledger: objects that are written once, or replaced only in the version that was read.
 *
 * A method throws a `RetryableError` when the call may or may not have had its effect, and a `PermanentError` when S3
 * refused it. Each may be repeated with the same arguments.
 */
export interface Ledger {
  /** Writes an object where none is. */
  create(key: string, body: string): Promise<Written>;
  /** Replaces the version that has this etag. */
  replace(key: string, body: string, etag: string): Promise<Written>;
  /** Reads an object that is known to exist. */
  read(key: string): Promise<Stored>;
  /** Reads an object that may be missing. */
  find(key: string): Promise<Stored | undefined>;
  /** Lists keys: one page, see `LedgerReader`. */
  readonly list: LedgerReader["list"];
}

/** What became of one call of SubmitJob. */
export type SubmitOutcome =
  | { readonly kind: "accepted"; readonly jobId: string; readonly jobArn: string }
  /** Batch did not take the job, and says to come back later. */
  | { readonly kind: "throttled"; readonly reason: string }
  /** Batch did not take the job and never will. */
  | { readonly kind: "refused"; readonly reason: string }
  /** No answer, or one that does not tell: the job may exist. */
  | { readonly kind: "unknown"; readonly reason: string };

/** A job as a listing shows it. */
export interface FoundJob {
  readonly jobId: string;
  readonly jobArn: string;
  readonly jobQueue: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** AWS Batch. */
export interface Batch {
  /** Calls SubmitJob exactly once and gives up on its answer after {@link SUBMIT_TIMEOUT_MS}. Does not throw. */
  submit(request: SubmitJobCommandInput): Promise<SubmitOutcome>;
  /**
   * Lists the jobs of exactly this name in a queue, whatever their state. Eventually consistent.
   * Throws a `RetryableError` or a `PermanentError`.
   */
  findByName(jobName: string, jobQueue: string): Promise<readonly FoundJob[]>;
}

/** One attempt of a job, as Batch tells it. */
export type JobAttempt = JobStatusRecord["attempts"][number];

/** A job as Batch describes it. */
export interface JobDetail {
  readonly jobId: string;
  readonly status: string;
  readonly statusReason?: string | undefined;
  readonly attempts: readonly JobAttempt[];
  readonly children?: Readonly<Record<string, number>> | undefined;
}

/** What the functions of the platform ask of jobs that exist. Methods throw as those of {@link Batch} do. */
export interface JobControl {
  /** Describes up to {@link DESCRIBE_MAX} jobs; those that Batch has forgotten are left out. */
  describe(jobIds: readonly string[]): Promise<readonly JobDetail[]>;
  /** Lists the indices of an array job's children that failed. */
  failedChildren(arrayJobId: string): Promise<readonly number[]>;
  /** Ends a job, whatever its state; a job that has ended stays as it is. */
  terminate(jobId: string, reason: string): Promise<void>;
}

/** @see https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobs.html */
export const DESCRIBE_MAX = 100;

/** How long one call of SubmitJob may take. */
export const SUBMIT_TIMEOUT_MS = 10_000;

/** How long one call of any other kind may take. */
export const CALL_TIMEOUT_MS = 5_000;

/** What everything within one invocation shares. */
export interface Invocation {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly batch: Batch;
  /** Missing in the functions of the platform: only a partner's own trigger may ask its functions. */
  readonly functions?: StepFunctions | undefined;
  readonly log: Log;
  /** New for every invocation, a repeated event included. */
  readonly nonce: string;
  /** Milliseconds since the epoch; no call begins after it. */
  readonly deadline: number;
}
