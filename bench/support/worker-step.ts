import { join } from "node:path";
import { orderKey, stagingPath, type RunRef, type StepSettings } from "../../modules/contract";

const ORDER = "BENCH-1";

/** A run of the worker's own bundle on this machine, below a directory that stands for the container's root. */
export class WorkerRun {
  readonly ref: RunRef = {
    partner: "bench",
    orderKey: orderKey(ORDER, { kind: "manual", orderId: ORDER }),
    attempt: 1,
  };

  constructor(
    private readonly root: string,
    private readonly aws: NodeJS.ProcessEnv,
  ) {}

  /** Where the partner's program leaves its files. */
  get files(): string {
    return join(this.root, "mnt/staging", stagingPath(this.ref), "files");
  }

  /** The environment of a step, as Batch would give it. */
  environment(settings: StepSettings, batchAttempt: number): NodeJS.ProcessEnv {
    return {
      ...this.aws,
      AWS_BATCH_JOB_ID: `job-${settings.kind}`,
      AWS_BATCH_JOB_ATTEMPT: String(batchAttempt),
      PARTNER_INGEST_PARTNER: this.ref.partner,
      PARTNER_INGEST_ORDER_ID: ORDER,
      PARTNER_INGEST_ORDER_KEY: this.ref.orderKey,
      PARTNER_INGEST_ATTEMPT: String(this.ref.attempt),
      PARTNER_INGEST_STEP: settings.kind,
      PARTNER_INGEST_GENERATION: "1",
      PARTNER_INGEST_CLAIMED_DAY: "2026-03-01",
      PARTNER_INGEST_LEDGER_BUCKET: "ledger",
      PARTNER_INGEST_SOURCE: JSON.stringify({ kind: "manual", orderId: ORDER }),
      PARTNER_INGEST_STEP_SETTINGS: JSON.stringify(settings),
      PARTNER_INGEST_LOCAL_ROOT: this.root,
    };
  }
}
