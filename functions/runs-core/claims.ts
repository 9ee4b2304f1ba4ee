import {
  claimKey,
  dayKey,
  specDigest,
  specKey,
  type ClaimRecord,
  type PartnerSpec,
  type RunRef,
} from "../../modules/contract";
import { PermanentError } from "./errors";
import { isRecord, shown } from "./json";
import type { Invocation } from "./ports";
import { readClaim } from "./records";
import { parseSpec } from "./spec-check";

/** A run whose claim is in the ledger. */
export interface ClaimedRun {
  readonly claim: ClaimRecord;
  /** True when this invocation wrote the claim: then no step can have been recorded by an earlier one. */
  readonly fresh: boolean;
}

/** The run alone. */
export const runOf = ({ partner, orderKey, attempt }: RunRef): RunRef => ({
  partner,
  orderKey,
  attempt,
});

/** UTC day of the claim. */
export const claimedDay = (claim: Pick<ClaimRecord, "claimedAt">): string =>
  new Date(claim.claimedAt).toISOString().slice(0, 10);

/** Finds the claim of a run. */
export async function findClaim(
  inv: Pick<Invocation, "ledger">,
  run: RunRef,
): Promise<ClaimRecord | undefined> {
  const key = claimKey(run);
  const stored = await inv.ledger.find(key);
  return stored === undefined ? undefined : readClaim(key, stored.body);
}

/**
 * Claims a run, or finds who claimed it.
 *
 * First the run is put into the index of its day, with all that the claim will say, then it is claimed: an invocation
 * that dies in between leaves what the reconciler needs to go on without a second event. The claim is never replaced,
 * so that of any number of copies exactly one defines the run: its spec, its job definitions, its day. Nobody holds a
 * claim: an invocation that dies after it leaves nothing to wait for, each step's intent has its own lease.
 */
export async function writeClaim(inv: Invocation, claim: ClaimRecord): Promise<ClaimedRun> {
  await indexClaim(inv, claim);
  const key = claimKey(claim);
  if ((await inv.ledger.create(key, JSON.stringify(claim))) === "written")
    return { claim, fresh: true };
  const stored = readClaim(key, (await inv.ledger.read(key)).body);
  // The answer to our own write was lost and its repetition met what it had written.
  return { claim: stored, fresh: stored.nonce === inv.nonce };
}

/** Puts a run into the index of the day that its claim tells: whoever writes the entry, and whenever, it is the same. */
export async function indexClaim(inv: Invocation, claim: ClaimRecord): Promise<void> {
  const { orderId, claimedAt } = claim;
  const entry = { schemaVersion: 1, ...runOf(claim), fact: "claimed", orderId, claimedAt, claim };
  await inv.ledger.create(dayKey(claimedDay(claim), claim, "claimed"), JSON.stringify(entry));
}

/** Reads the claim that an entry of the day index holds: of a run whose submitter died before it was claimed. */
export async function claimOfIndex(
  inv: Pick<Invocation, "ledger">,
  day: string,
  run: RunRef,
): Promise<ClaimRecord | undefined> {
  const key = dayKey(day, run, "claimed");
  const stored = await inv.ledger.find(key);
  if (stored === undefined) return undefined;
  const entry: unknown = JSON.parse(stored.body);
  return isRecord(entry) && entry["claim"] !== undefined
    ? readClaim(key, JSON.stringify(entry["claim"]))
    : undefined;
}

/** Reads the spec that a run follows: the one that its claim pins, not the one that is deployed now. */
export async function pinnedSpec(
  inv: Pick<Invocation, "ledger">,
  claim: ClaimRecord,
): Promise<PartnerSpec> {
  const key = specKey(claim.partner, claim.specDigest);
  const parsed = parseSpec((await inv.ledger.read(key)).body);
  const broken = (why: string): PermanentError =>
    new PermanentError(
      `the ledger's ${shown(key)}, which the run of order ${shown(claim.orderId)} follows, ${why}; look at it by hand`,
    );
  if ("faults" in parsed) throw broken(parsed.faults.join("; "));
  if (specDigest(parsed.spec) !== claim.specDigest)
    throw broken("was changed: its digest is not its name");
  if (parsed.spec.partner !== claim.partner)
    throw broken(`is of partner ${shown(parsed.spec.partner)}`);
  return parsed.spec;
}
