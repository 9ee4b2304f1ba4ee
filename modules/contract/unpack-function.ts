import { EXIT_CODES } from "./exit-codes";
import type { RunRef } from "./run";

/*
 * A small archive is unpacked by a function of the partner instead of a job. In a run whose claim names a step in
 * `functions`, the first generation of that step is the function's alone and every later one is Batch's, so that the two
 * can be told apart by a number: the worker's lock lets the later one take over, whoever is slow.
 */

/**
 * Id that stands for the function in the records of a step where those of Batch hold the id of a job. Known before anybody
 * is asked: the record that names it is written first, and decides who asks.
 */
export const FUNCTION_JOB_ID = "function";

/** Longest run of the function: its Lambda timeout. What needs longer is work for Batch. */
export const UNPACK_TIMEOUT_SECONDS = 300;

/** How long Lambda may keep an invocation that it can not begin, which is its shortest. */
export const UNPACK_MAX_EVENT_AGE_SECONDS = 60;

/**
 * How long after it was asked a function that has told no end is over: the time in Lambda's queue, its longest run, and a
 * minute for clocks and for its last words. Batch takes the step then.
 */
export const FUNCTION_OVER_MS = (UNPACK_MAX_EVENT_AGE_SECONDS + UNPACK_TIMEOUT_SECONDS + 60) * 1000;

/**
 * Exit codes of the worker by which a function ends a step for good: what does not hold for the function does not hold for a
 * job, the same archive and the same keys. Whatever else keeps it from doing the step may not keep Batch.
 */
export const FUNCTION_ENDS_BY: ReadonlySet<number | undefined> = new Set([
  EXIT_CODES.badDelivery.code,
  EXIT_CODES.conflict.code,
]);

/** What the trigger hands to the function: the order, in the variables that a job of Batch would have been given. */
export interface UnpackEvent extends RunRef {
  readonly schemaVersion: 1;
  readonly environment: Readonly<Record<string, string>>;
}

/** Part of {@link StepSpec}: the function that does a step for small objects. */
export interface StepFunction {
  readonly arn: string;
  /** Largest object in bytes. */
  readonly upToBytes: number;
}
