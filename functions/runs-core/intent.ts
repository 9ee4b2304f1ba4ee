import type { SubmitJobCommandInput } from "@aws-sdk/client-batch";
import { intentKey, type IntentRecord, type StepRef, type StepSpec } from "../../modules/contract";
import { PermanentError, RetryableError } from "./errors";
import { shown } from "./json";
import { LOOKUP_HORIZON_MS, leaseFrom, leaseOver } from "./lease";
import { findJob } from "./lookup";
import type { FoundJob, Invocation } from "./ports";
import { recordedJob, type StepJob } from "./record";
import { readIntent } from "./records";

/** What an invocation that wants to submit a step finds. */
export type Acquired =
  /** It owns the intent and may submit. */
  | { readonly kind: "owned"; readonly leaseUntil: string }
  /** Another invocation has recorded the job meanwhile. */
  | { readonly kind: "recorded"; readonly job: StepJob }
  /** An invocation that ended without a record has submitted the job. */
  | { readonly kind: "found"; readonly job: FoundJob };

/**
 * Makes each acquisition an owner of its own. One invocation may come to the same step twice: by two records of one
 * event, or by a run that the index lists under two days. What the first time left open is not its second time's own.
 */
let acquisitions = 0;

/** Waits between looks for the record of an invocation that is at work: about eight seconds in all. */
const RECORD_WAITS_MS = [250, 500, 1_000, 2_000, 4_000] as const;

/**
 * Becomes the owner of a step's intent, or finds the job that makes this needless. The argument why nobody else can
 * submit the step meanwhile is in `lease.ts`; the order of the calls here is part of it.
 *
 * Throws a `RetryableError` while another invocation holds the lease: a success would tell the sender that the order is
 * done, and if that other invocation dies nobody would come again.
 */
export async function acquireIntent(
  inv: Invocation,
  ref: StepRef,
  step: StepSpec,
  request: SubmitJobCommandInput,
): Promise<Acquired> {
  const { clock, ledger } = inv;
  const key = intentKey(ref);
  const jobName = request.jobName ?? "";
  const nonce = `${inv.nonce}.${String(++acquisitions)}`;
  // The clock is read before the intent is sent: a slow answer shortens the lease, it never lengthens it.
  const first: IntentRecord = {
    schemaVersion: 1,
    ...ref,
    jobName,
    nonce,
    leaseUntil: leaseFrom(clock.now()),
    takeovers: 0,
  };
  if ((await ledger.create(key, JSON.stringify(first))) === "written") return owned(first);

  const stored = await ledger.read(key);
  const other = readIntent(key, stored.body);
  if (other.nonce === nonce) return owned(other);
  if (!leaseOver(other.leaseUntil, clock.now())) return waitForRecord(inv, ref, other);

  // A record is certain where a listing is not: somebody may have written one since the caller looked.
  const job = await recordedJob(inv, ref);
  if (job !== undefined) return { kind: "recorded", job };
  assertStillListed(key, other, clock.now());
  const found = await findJob(inv, jobName, step);
  if (found !== undefined) return { kind: "found", job: found };

  const next: IntentRecord = {
    ...first,
    leaseUntil: leaseFrom(clock.now()),
    takeovers: other.takeovers + 1,
  };
  inv.log.warn("taking over a step", {
    takeovers: next.takeovers,
    leaseWasUntil: other.leaseUntil,
  });
  if ((await ledger.replace(key, JSON.stringify(next), stored.etag)) === "written")
    return owned(next);
  const winner = readIntent(key, (await ledger.read(key)).body);
  return winner.nonce === nonce ? owned(winner) : waitForRecord(inv, ref, winner);
}

const owned = (intent: IntentRecord): Acquired => ({
  kind: "owned",
  leaseUntil: intent.leaseUntil,
});

async function waitForRecord(
  inv: Invocation,
  ref: StepRef,
  holder: IntentRecord,
): Promise<Acquired> {
  for (const wait of RECORD_WAITS_MS) {
    if (inv.clock.now() + wait >= inv.deadline) break;
    await inv.clock.sleep(wait);
    const job = await recordedJob(inv, ref);
    if (job !== undefined) return { kind: "recorded", job };
  }
  throw new RetryableError(
    `another invocation may submit step ${shown(ref.step)} of order key ${shown(ref.orderKey)} until ${holder.leaseUntil} and has recorded no job yet; the event must come again`,
  );
}

function assertStillListed(key: string, intent: IntentRecord, now: number): void {
  if (now - Date.parse(intent.leaseUntil) <= LOOKUP_HORIZON_MS) return;
  throw new PermanentError(
    `step ${shown(intent.jobName)} was about to be submitted, and nobody recorded whether it was; its lease ended at ${intent.leaseUntil}, and Batch may have forgotten the job since. Look into the deliveries and logs of the order; if the job did not run, delete ${shown(key)} from the ledger and send the event again`,
  );
}
