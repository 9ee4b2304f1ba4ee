/**
 * What a step does, as the job definition tells the worker in the variable `PARTNER_INGEST_STEP_SETTINGS` (JSON).
 * The container's command is the verb (`fetch`, `publish`, `deliver`, `list`, `unpack`, `process`, `merge`); those that
 * publish take `--verify` after it, which compares a delivery that is there already by checksum.
 */
export type StepSettings =
  | FetchSettings
  | PublishSettings
  | DeliverSettings
  | ListSettings
  | UnpackSettings
  | ProcessSettings
  | MergeSettings;

/** How the partner's program is run. */
export interface ProgramSettings {
  /**
   * Program and arguments. No shell. In each argument `{orderId}` and `{staging}` stand for the order's id and the
   * directory that the program writes to; they are put in as plain text.
   */
  readonly program: readonly string[];
  /** End the program when neither its output nor its files have changed for so long. */
  readonly noProgressSeconds: number;
  /** Exit codes of the program that mean: the partner's server is down, try later. */
  readonly tryLaterCodes: readonly number[];
}

/** Runs the partner's program into staging. */
export interface FetchSettings extends ProgramSettings {
  readonly kind: "fetch";
}

/**
 * What is done where a key holds other bytes than it should: an error, or they are written over, or they are left. The
 * same bytes are success in any case.
 */
export type IfTaken = "fail" | "overwrite" | "skip";

/** A key that readers know: it holds a file of the newest delivery. */
export interface StableKey {
  readonly key: string;
  /** Path or pattern of the one file of a delivery that it holds. */
  readonly file: string;
}

/** Where and how a delivery is published. */
export interface PublishTarget {
  readonly bucket: string;
  /** Below this prefix, without a leading and with a trailing slash, or empty. */
  readonly prefix: string;
  /** Checksum files of the delivery that are compared before anything is published, e.g. `["*.md5", "SHA256SUMS"]`. */
  readonly checksumFiles: readonly string[];
  /** Batch manifests in DDEX's form that are compared as well, e.g. `["BatchComplete_*.xml"]`. @default - none */
  readonly batchManifests?: readonly string[] | undefined;
  readonly minFiles: number;
  /** More files, checksum files not counted, are a bad delivery. @default - no limit */
  readonly maxFiles?: number | undefined;
  /** Fewer bytes are a bad delivery. @default - no limit */
  readonly minBytes?: number | undefined;
  /** More bytes are a bad delivery. @default - no limit */
  readonly maxBytes?: number | undefined;
  /** Patterns of which each must match a file. @default - none */
  readonly requiredFiles?: readonly string[] | undefined;
  /** Command that looks at the delivery first; `{staging}` stands for its directory. @default - none */
  readonly beforePublish?: readonly string[] | undefined;
  /** Whether a bad delivery is kept in quarantine. @default true */
  readonly quarantine?: boolean | undefined;
  /** What is done where a key of the delivery holds other bytes. @default "fail" */
  readonly ifTaken?: IfTaken | undefined;
  /** Keys that are switched to the delivery once it is whole. @default - none */
  readonly stable?: readonly StableKey[] | undefined;
}

/** Verifies what is in staging and publishes it; the manifest last. */
export interface PublishSettings extends PublishTarget {
  readonly kind: "publish";
}

/** Fetch and publish in one job, for staging that dies with the job. */
export interface DeliverSettings extends ProgramSettings, PublishTarget {
  readonly kind: "deliver";
}

/** Runs the partner's program, which prints one order id a line, and hands each id to the trigger. */
export interface ListSettings extends ProgramSettings {
  readonly kind: "list";
  /** Name of the trigger function. */
  readonly triggerFunction: string;
  /** More ids than this in one listing are an error, nothing is started. */
  readonly maxOrders: number;
}

/** How names in a zip are read that do not tell their character set. `auto`: UTF-8 where they are valid UTF-8, else CP437. */
export type NameEncoding = "auto" | "utf-8" | "cp437" | "cp949";

/** An archive that the partner's program leaves in staging. */
export interface StagedArchive {
  /** Path or pattern of the one file. */
  readonly file: string;
  /** Names of checksum files beside it, compared before anything is unpacked. */
  readonly checksumFiles: readonly string[];
}

/** Unpacks the object that the order came from, straight from bucket to bucket; or what a fetch left in staging. */
export interface UnpackSettings {
  readonly kind: "unpack";
  readonly bucket: string;
  /** Below this prefix the manifest is written, as of every delivery; without a leading and with a trailing slash, or empty. */
  readonly prefix: string;
  /**
   * Where the files go, with `{orderId}` for the order's id; ends in `/`. Empty: below the delivery's own keys, as of every
   * delivery.
   */
  readonly files: string;
  /** What is done when a key holds other bytes. Keys below the delivery are never taken by another order. */
  readonly ifTaken: IfTaken;
  readonly nameEncoding: NameEncoding;
  /** Names that differ in the case of letters only are refused. */
  readonly caseInsensitive: boolean;
  readonly minFiles: number;
  /** Unpack everything once to nowhere before the first write, also where the archive is large. */
  readonly verifyFirst: boolean;
  readonly maxEntries: number;
  readonly maxEntryBytes: number;
  readonly maxTotalBytes: number;
  readonly maxRatio: number;
  /** The archive in staging; missing where the order came from it. */
  readonly staged?: StagedArchive | undefined;
}

/** Where the files come from that a step works on. */
export type ProcessInput =
  /** The object that started the order lists the keys, one a line; all lie below the prefix in the bucket. */
  | { readonly from: "list"; readonly bucket: string; readonly prefix: string }
  /** The manifest of what an earlier step of the same order delivered to the bucket, below the prefix. */
  | { readonly from: "manifest"; readonly bucket: string; readonly prefix: string };

/**
 * Works on a part of many files: loads them, runs the program, delivers what it wrote. In the arguments `{orderId}`,
 * `{input}` (the file, or the directory of all files of the part) and `{output}` (an empty directory) are filled in.
 */
export interface ProcessSettings extends ProgramSettings {
  readonly kind: "process";
  readonly input: ProcessInput;
  /** Whether the program is run for each file, or once for all files of the part. */
  readonly per: "file" | "slice";
  /** How many files are worked on at a time. */
  readonly parallel: number;
  /** Room that a file needs on scratch, its results included, as a multiple of its size. */
  readonly scratchFactor: number;
  readonly bucket: string;
  readonly prefix: string;
}

/** Makes one delivery of what all children of a step of kind `process` delivered: checks the parts, writes the manifest. */
export interface MergeSettings {
  readonly kind: "merge";
  readonly bucket: string;
  readonly prefix: string;
  /** Fewer files are a bad delivery. */
  readonly minFiles: number;
  /** Keys that are switched to the delivery once it is whole. @default - none */
  readonly stable?: readonly StableKey[] | undefined;
}
