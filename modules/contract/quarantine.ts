import type { RunRef, StepRef } from "./run";

/** Root of what was delivered and not published, in the bucket that it would have been published to. */
export const QUARANTINE_ROOT = "quarantine/";

/** Prefix of one quarantined delivery. Readers of the bucket are never granted anything below {@link QUARANTINE_ROOT}. */
export const quarantinePrefix = (run: RunRef): string =>
  `${QUARANTINE_ROOT}${run.partner}/${run.orderKey}/${String(run.attempt)}/`;

/** Key of a quarantined file. */
export const quarantinedFileKey = (run: RunRef, path: string): string =>
  `${quarantinePrefix(run)}files/${path}`;

/** Key of the reason; written last: where it is, all files of the delivery are there. */
export const quarantineReasonKey = (run: RunRef): string => `${quarantinePrefix(run)}reason.json`;

/** Key of what a person decided; written once. */
export const quarantineDecisionKey = (run: RunRef): string =>
  `${quarantinePrefix(run)}decision.json`;

/** Why a delivery was not published. */
export interface QuarantineReason extends StepRef {
  readonly schemaVersion: 1;
  readonly orderId: string;
  /** Bucket and prefix that the files would have been published to. */
  readonly bucket: string;
  readonly prefix: string;
  /** Every fault found, each naming its file. */
  readonly faults: readonly string[];
  readonly files: readonly {
    readonly path: string;
    readonly size: number;
    readonly crc32: string;
    readonly contentType: string;
  }[];
  /** ISO 8601 instant. */
  readonly quarantinedAt: string;
}

/** What a person decided about a quarantined delivery. */
export interface QuarantineDecision extends RunRef {
  readonly schemaVersion: 1;
  readonly decision: "released" | "rejected";
  readonly by: string;
  readonly reason: string;
  /** ISO 8601 instant. */
  readonly decidedAt: string;
}
