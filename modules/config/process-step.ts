import { z } from "zod";
import { stableBase } from "./stable-keys";

/** Batch's limit of an array, https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html */
const CHILDREN_MAX = 10_000;

/** Settings of a step that works on many files, in one job or in the children of an array. */
export const processBase = {
  /** The files that the step works on. */
  input: z.discriminatedUnion("from", [
    z.strictObject({
      /** The object that the order came from lists the keys of the files, one a line. */
      from: z.literal("list"),
      /** Bucket of the partner that the files are in. @default "landing" */
      bucket: z.enum(["landing", "processed"]).default("landing"),
      /** Prefix that all files are below; no other is read. @default "" */
      prefix: z.string().default(""),
    }),
    z.strictObject({
      /** What an earlier step of the order delivered. */
      from: z.literal("step"),
      /** Name of a step of kind `publish`, `deliver` or `unpack`. */
      step: z.string(),
    }),
  ]),
  /**
   * How many jobs share the work, 1 to 10,000: a number, or so many files for each job, counted when the order starts.
   * @default 1
   */
  children: z
    .union([
      z.number().int().min(1).max(CHILDREN_MAX),
      z.strictObject({
        /** Files of each job. Fewer make more jobs: faster, and each costs its start. */
        filesPerChild: z.number().int().min(1),
        /** More jobs than this are not made, they do more files each. @default 10000 */
        max: z.number().int().min(1).max(CHILDREN_MAX).default(CHILDREN_MAX),
      }),
    ])
    .default(1),
  /** Whether the program is run for each file, or once for all files of a job. @default "file" */
  per: z.enum(["file", "slice"]).default("file"),
  /** Files that a job works on at a time. 1 to 64. @default 2 */
  parallel: z.number().int().min(1).max(64).default(2),
  /** Room on scratch that a file needs with its results, as a multiple of its size. @default 2 */
  scratchFactor: z.number().min(1).max(1000).default(2),
  /** Bucket of the partner that the results go to. @default "processed" */
  to: z.enum(["landing", "processed"]).default("processed"),
  /** Prefix of the results; empty or ending in `/`. @default "" */
  prefix: z.string().default(""),
};

/** Settings of a step that makes one delivery of what a step of kind `process` delivered in parts. */
export const mergeBase = {
  ...stableBase,
  /** Fewer files are a bad delivery. @default 1 */
  minFiles: z.number().int().min(0).default(1),
};
