import type { OrderSource } from "./order";
import type { ChainName, RunRef, StepRef } from "./run";

/*
 * The ledger is one bucket of the platform with a prefix per partner. Facts are only added: state is a fold over them.
 * The layout is part of every deployment's state: do not change a key once there is a release.
 */

/** Prefix of everything of a partner. */
export const partnerPrefix = (partner: string): string => `${partner}/`;

/** Prefix of everything of a run. */
export const runPrefix = (run: RunRef): string =>
  `${run.partner}/runs/${run.orderKey}/${String(run.attempt)}/`;

/** The claim: written once, first; fixes what the run is. */
export const claimKey = (run: RunRef): string => `${runPrefix(run)}claim.json`;

/** Prefix of the facts of one submission of a step. */
export const stepPrefix = (step: StepRef): string =>
  `${runPrefix(step)}steps/${step.step}/${String(step.generation)}/`;

/** The intent to submit: who submits, until when nobody else may. */
export const intentKey = (step: StepRef): string => `${stepPrefix(step)}intent.json`;

/** What Batch accepted. */
export const submittedKey = (step: StepRef): string => `${stepPrefix(step)}submitted.json`;

/** A status of a job as Batch reported it. */
export const jobStatusKey = (step: StepRef, jobId: string, status: string): string =>
  `${stepPrefix(step)}${jobId}.${status}.json`;

/** The worker's own report of one Batch attempt of a job (of one child, for an array job). */
export const stepReportKey = (
  step: StepRef,
  jobId: string,
  batchAttempt: number,
  arrayIndex?: number,
): string =>
  `${stepPrefix(step)}${jobId}.${arrayIndex === undefined ? "" : `${String(arrayIndex)}.`}${String(batchAttempt)}.report.json`;

/**
 * What happened to a run on a day; the key alone tells it, so that a listing needs no reads. `told` is the last: how the
 * run ended was announced, nobody has to look at it again.
 */
export type DayFact = "claimed" | "delivered" | "failed" | "cancelled" | "told";

/**
 * Index entry of a run by day.
 *
 * @param day - UTC day of the claim, `YYYY-MM-DD`, whenever the fact itself happened: one day holds all of a run
 */
export const dayKey = (day: string, run: RunRef, fact: DayFact): string =>
  `${run.partner}/days/${day}/${run.orderKey}.${String(run.attempt)}.${fact}.json`;

/** Something that a person or the reconciler did to a run: re-run, cancel, release. */
export const actionKey = (run: RunRef, at: string, nonce: string): string =>
  `${runPrefix(run)}actions/${at.replace(/[^0-9TZ]/gu, "")}-${nonce}.json`;

/** The plan of a later attempt, because the partner's server was down; written once for a run. */
export const retryKey = (run: RunRef): string => `${runPrefix(run)}retry.json`;

/** The lock of a step's work (of one child, for an array job); one worker holds it at a time. */
export const lockKey = (step: RunRef & { readonly step: string }, arrayIndex?: number): string =>
  `${runPrefix(step)}locks/${step.step}${arrayIndex === undefined ? "" : `.${String(arrayIndex)}`}.json`;

/** What a person said about a partner as a whole: hold its new orders, or go on. */
export type PauseWord = "paused" | "resumed";

/** Prefix of everything that people said about a partner as a whole. */
export const pausesPrefix = (partner: string): string => `${partner}/pauses/`;

/**
 * Key of a {@link PauseRecord}. The last of the keys tells whether the partner is paused; nothing is overwritten, so that
 * they tell who held it, when and why, too.
 */
export const pauseKey = (partner: string, at: string, nonce: string, word: PauseWord): string =>
  `${pausesPrefix(partner)}${at.replace(/[^0-9TZ]/gu, "")}-${nonce}.${word}.json`;

/** That an announcement was told; see `Announcement.id`. */
export const announcedKey = (partner: string, announcementId: string): string =>
  `${partner}/announced/${announcementId}.json`;

/** The partner's spec as it was when a run was claimed. */
export const specKey = (partner: string, digest: string): string =>
  `${partner}/spec/${digest}.json`;

/**
 * The partner's spec as it is deployed: written by its stack, replaced with each apply. For what has no run yet, such as
 * an order that did not come; runs follow the spec that their claim pins.
 */
export const currentSpecKey = (partner: string): string => `${partner}/spec/current.json`;

/** Body of the claim. */
export interface ClaimRecord extends RunRef {
  readonly schemaVersion: 1;
  readonly orderId: string;
  readonly chain: ChainName;
  readonly source: OrderSource;
  /** Name of the partner's trigger that the order came through. */
  readonly trigger: string;
  /** SHA-256 of the spec that the run follows; see {@link specKey}. */
  readonly specDigest: string;
  /**
   * Revision of the job definition of each step of the chain, as it was deployed when the run was claimed: a run that
   * was started before a deploy is completed with the job definitions that it was started with.
   */
  readonly jobDefinitionRevisions: Readonly<Record<string, number>>;
  /** Sizes of the arrays that follow from the order's list of files, by step; missing where there are none. */
  readonly arraySizes?: Readonly<Record<string, number>> | undefined;
  /** Steps whose first generation a function does, see `unpack-function.ts`; missing where Batch does all. */
  readonly functions?: readonly string[] | undefined;
  /** Where the attempt goes on; missing when it does everything anew. */
  readonly resumesFrom?: ResumesFrom | undefined;
  /** The attempt whose delivery is compared with its manifest, in place of one of its own; missing where it delivers. */
  readonly verifies?: number | undefined;
  /** Id of the invocation that wrote the record; tells an own lost answer from a conflict. */
  readonly nonce: string;
  /** ISO 8601 instant. */
  readonly claimedAt: string;
}

/** What a later attempt takes over from an earlier one. */
export interface ResumesFrom {
  /** The attempt that is gone on from. */
  readonly attempt: number;
  /** The first step that is done again. */
  readonly step: string;
  /** Steps of the chain that are not done again: they succeeded in an earlier attempt. */
  readonly skips: readonly string[];
  /** Whose staging directory holds what the skipped steps left: that of the attempt in which they ran. */
  readonly stagingAttempt: number;
}

/** Body of the intent. */
export interface IntentRecord extends StepRef {
  readonly schemaVersion: 1;
  readonly jobName: string;
  readonly nonce: string;
  /** ISO 8601 instant; until then nobody else may submit this step. */
  readonly leaseUntil: string;
  /** How often the intent was taken over from an invocation that ended without a record. */
  readonly takeovers: number;
}

/** Body of the submission record. */
export interface SubmittedRecord extends StepRef {
  readonly schemaVersion: 1;
  readonly jobName: string;
  readonly jobId: string;
  readonly jobArn: string;
  /** ARN of the queue that the job was submitted to. */
  readonly jobQueue: string;
  readonly jobDefinition: string;
  /** Ids of the jobs that this one waits for; missing in records before generations. */
  readonly dependsOn?: readonly string[] | undefined;
  /** For an array job, or a single job, that does some children of an earlier generation again: their indices. */
  readonly arrayIndexes?: readonly number[] | undefined;
  readonly nonce: string;
  /** True when the job was found by name after its submitter had ended without a record. */
  readonly adopted: boolean;
  /** ISO 8601 instant. */
  readonly submittedAt: string;
}

/**
 * Body of {@link jobStatusKey}: a job as Batch told it, by an event or when it was asked; or a step that a function does,
 * as the function told it itself, or whoever could not ask it.
 */
export interface JobStatusRecord extends StepRef {
  readonly schemaVersion: 1;
  readonly jobId: string;
  /** Batch's own word: `SUBMITTED` ... `SUCCEEDED`, `FAILED`. */
  readonly status: string;
  readonly statusReason?: string | undefined;
  /** Batch's attempts of the job so far. */
  readonly attempts: readonly {
    readonly exitCode?: number | undefined;
    readonly reason?: string | undefined;
    readonly statusReason?: string | undefined;
    /** ISO 8601 instants. */
    readonly startedAt?: string | undefined;
    readonly stoppedAt?: string | undefined;
  }[];
  /** For an array job: how many children are in which status. */
  readonly children?: Readonly<Record<string, number>> | undefined;
  readonly observedBy: "event" | "reconcile" | "function" | "trigger";
  /** ISO 8601 instant at which it was said. */
  readonly at: string;
}

/** Body of {@link actionKey}. */
export interface ActionRecord extends RunRef {
  readonly schemaVersion: 1;
  readonly action:
    | "rerun"
    | "cancel"
    | "escalate"
    | "delayed-retry"
    | "release"
    | "reject"
    | "redrive"
    | "backfill";
  /** Who: the caller's ARN or name, or the function. */
  readonly by: string;
  readonly reason: string;
  /** What else identifies the action: the step it began from, the attempt it led to. */
  readonly details: Readonly<Record<string, string | number>>;
  /** ISO 8601 instant. */
  readonly at: string;
}

/** Body of {@link pauseKey}. */
export interface PauseRecord {
  readonly schemaVersion: 1;
  readonly partner: string;
  readonly word: PauseWord;
  /** Who: the caller's ARN or name. */
  readonly by: string;
  readonly reason: string;
  /** ISO 8601 instant. */
  readonly at: string;
}

/** Body of {@link retryKey}. */
export interface RetryPlan extends RunRef {
  readonly schemaVersion: 1;
  readonly step: string;
  /** ISO 8601 instant; no new attempt before it. */
  readonly notBefore: string;
  /** How many delayed attempts there were before, this one not counted. */
  readonly earlier: number;
  readonly reason: string;
}
