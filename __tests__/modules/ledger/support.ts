import {
  claimKey,
  intentKey,
  jobName,
  jobStatusKey,
  stepReportKey,
  submittedKey,
  type ClaimRecord,
  type ExitCodeName,
  type RunRef,
  type StepRef,
} from "../../../modules/contract";
import type { LedgerObject, LedgerReader } from "../../../modules/ledger";

export const RUN: RunRef = { partner: "um", orderKey: "um-1-0123456789ab", attempt: 1 };

export const at = (minute: number): string =>
  new Date(Date.UTC(2026, 2, 1, 0, minute)).toISOString();

export const stepRef = (step: string, generation = 1): StepRef => ({ ...RUN, step, generation });

const object = (key: string, body: unknown): LedgerObject => ({ key, body: JSON.stringify(body) });

export const claim = (more: Partial<ClaimRecord> = {}): LedgerObject =>
  object(claimKey(RUN), {
    schemaVersion: 1,
    ...RUN,
    orderId: "UM-1",
    chain: "order",
    source: { kind: "manual", orderId: "UM-1" },
    trigger: "by-hand",
    specDigest: "d1",
    jobDefinitionRevisions: { fetch: 1, publish: 1 },
    nonce: "n",
    claimedAt: at(0),
    ...more,
  });

export const intent = (step: string, generation = 1): LedgerObject =>
  object(intentKey(stepRef(step, generation)), {
    schemaVersion: 1,
    nonce: "n",
    leaseUntil: at(2),
    takeovers: 0,
  });

export const submitted = (step: string, jobId: string, generation = 1): LedgerObject => {
  const ref = stepRef(step, generation);
  return object(submittedKey(ref), {
    schemaVersion: 1,
    ...ref,
    jobName: jobName(ref),
    jobId,
    jobQueue: "standard",
    submittedAt: at(0),
  });
};

export const status = (
  step: string,
  jobId: string,
  word: string,
  minute: number,
  {
    generation = 1,
    exitCode,
    reason,
  }: { generation?: number; exitCode?: number; reason?: string } = {},
): LedgerObject =>
  object(jobStatusKey(stepRef(step, generation), jobId, word), {
    schemaVersion: 1,
    jobId,
    status: word,
    statusReason: reason,
    attempts: exitCode === undefined ? [] : [{ exitCode }],
    observedBy: "event",
    at: at(minute),
  });

export const report = (
  step: string,
  jobId: string,
  outcome: ExitCodeName,
  minute: number,
  batchAttempt = 1,
): LedgerObject =>
  object(stepReportKey(stepRef(step), jobId, batchAttempt), {
    schemaVersion: 1,
    jobId,
    batchAttempt,
    outcome,
    interruptedByHost: false,
    counts: {},
    startedAt: at(0),
    endedAt: at(minute),
  });

/** A ledger in memory, in pages of `size`, that counts its requests. */
export class MemoryLedger implements LedgerReader {
  lists = 0;
  gets = 0;

  constructor(
    readonly objects: Map<string, string>,
    readonly size = 1000,
  ) {}

  list(prefix: string, after = ""): ReturnType<LedgerReader["list"]> {
    this.lists += 1;
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix) && key > after)
      .sort();
    const page = keys.slice(0, this.size);
    return Promise.resolve(
      keys.length > this.size ? { keys: page, next: page.at(-1) } : { keys: page },
    );
  }

  get(key: string): Promise<string | undefined> {
    this.gets += 1;
    return Promise.resolve(this.objects.get(key));
  }
}
