/**
 * What a step does, as the job definition tells the worker in the variable `PARTNER_INGEST_STEP_SETTINGS` (JSON).
 * The container's command is the verb (`fetch`, `publish`, `deliver`, `list`) and nothing else.
 */
export type StepSettings = FetchSettings | PublishSettings | DeliverSettings | ListSettings;

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

/** Where and how a delivery is published. */
export interface PublishTarget {
  readonly bucket: string;
  /** Below this prefix, without a leading and with a trailing slash, or empty. */
  readonly prefix: string;
  /** Checksum files of the delivery that are compared before anything is published, e.g. `["*.md5", "SHA256SUMS"]`. */
  readonly checksumFiles: readonly string[];
  readonly minFiles: number;
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
