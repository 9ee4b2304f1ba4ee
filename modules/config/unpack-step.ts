import { z } from "zod";

const GIB = 1024 ** 3;

/** Settings of a step that unpacks the object which the order came from, or an archive in staging. */
export const unpackBase = {
  /**
   * The archive that an earlier step left in staging, which is emptied once all is delivered.
   * @default - the object that the order came from
   */
  from: z
    .strictObject({
      /** Name of a step of kind `fetch` before this one. */
      step: z.string(),
      /** Path or pattern of the one file, e.g. `"*.zip"`. */
      file: z.string().min(1),
      /** Names of checksum files beside it, compared before anything is unpacked. @default [] */
      checksumFiles: z.array(z.string().min(1)).default([]),
    })
    .optional(),
  /** Bucket of the partner that the files go to. @default "processed" */
  to: z.enum(["landing", "processed"]).default("processed"),
  /** Prefix of the manifest, and of the files where `files` is left out; empty or ending in `/`. @default "" */
  prefix: z.string().default(""),
  /**
   * Prefix of the files where readers need a stable place: `{orderId}` stands for the order's id, the object's key without
   * the trigger's prefix and suffix. Ends in `/`. @default "", below the delivery's own keys, which no other order takes
   */
  files: z.string().default(""),
  /** What is done where a key holds other bytes, which needs `files`. @default "fail" */
  ifTaken: z.enum(["fail", "overwrite", "skip"]).default("fail"),
  /**
   * How names in a zip are read that do not tell their character set. `auto` takes them as UTF-8 where they are valid, else
   * as CP437; zips made by Korean Windows need `cp949`. @default "auto"
   */
  nameEncoding: z.enum(["auto", "utf-8", "cp437", "cp949"]).default("auto"),
  /** Refuses names that differ in the case of letters only. @default false */
  caseInsensitive: z.boolean().default(false),
  /** Fewer files are a bad delivery. @default 1 */
  minFiles: z.number().int().min(0).default(1),
  /**
   * Unpacks everything once to nowhere before the first write, so that nothing is written when a checksum or the header of
   * an entry is wrong. Archives of at most 64 MiB are always read twice; what their lists tell is checked first for all.
   * @default - true where `files` names stable keys, which readers see without waiting for the manifest
   */
  verifyFirst: z.boolean().optional(),
  /**
   * Has small objects unpacked by a Lambda function, within seconds and without a host: by the same code with the same
   * checks and limits. Whatever it does not finish within five minutes Batch does, as it does all larger objects.
   *
   * @default - Batch does all
   */
  lambda: z
    .strictObject({
      /** Largest object in MiB that goes to the function. 1 to 256. @default 64 */
      upToMib: z.number().int().min(1).max(256).default(64),
      /** Memory of the function in MiB; with 1769 it has one vCPU. 512 to 3008. @default 1769 */
      memoryMib: z.number().int().min(512).max(3008).default(1769),
    })
    .optional(),
  /** What an archive may hold; one that holds more is refused before anything is written. */
  limits: z
    .strictObject({
      /** Files. @default 100000 */
      entries: z.number().int().min(1).max(1_000_000).default(100_000),
      /** GiB of one file. @default 100 */
      entryGib: z.number().positive().max(300).default(100),
      /** GiB of all files. @default 200 */
      totalGib: z.number().positive().max(10_000).default(200),
      /** How many times larger than packed a file, and all together, may become. @default 200 */
      ratio: z.number().min(1).max(1100).default(200),
    })
    .default({ entries: 100_000, entryGib: 100, totalGib: 200, ratio: 200 }),
};

/** Limits as the worker is told them. */
export function unpackLimits(limits: {
  readonly entries: number;
  readonly entryGib: number;
  readonly totalGib: number;
  readonly ratio: number;
}): { maxEntries: number; maxEntryBytes: number; maxTotalBytes: number; maxRatio: number } {
  return {
    maxEntries: limits.entries,
    maxEntryBytes: Math.floor(limits.entryGib * GIB),
    maxTotalBytes: Math.floor(limits.totalGib * GIB),
    maxRatio: limits.ratio,
  };
}
