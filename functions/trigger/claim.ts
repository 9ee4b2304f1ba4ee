import {
  claimKey,
  dayKey,
  sourceIdentity,
  specDigest,
  specJson,
  specKey,
  type ClaimRecord,
  type PartnerSpec,
  type RunRef,
  type StepSpec,
} from "../../modules/contract";
import type { OrderRequest } from "./decide";
import { PermanentError } from "./errors";
import { shown } from "./json";
import type { Invocation } from "./ports";
import { readClaim } from "./records";
import { parseSpec } from "./spec-check";

/** A run whose claim is in the ledger. */
export interface ClaimedRun {
  readonly claim: ClaimRecord;
  /** True when this invocation wrote the claim: then no step can have been recorded by an earlier one. */
  readonly fresh: boolean;
}

/**
 * Claims the first attempt of an order, or finds who claimed it.
 *
 * The claim is the first thing of a run and is never replaced, so that of any number of copies of an event exactly one
 * defines the run: its spec, its job definitions, its day. All others complete *that* run. Nobody holds a claim: an
 * invocation that dies after it leaves nothing to wait for, each step's intent has its own lease.
 *
 * The spec is written before the claim that names it, else a run could follow a spec that nobody can read.
 */
export async function claimRun(inv: Invocation, order: OrderRequest): Promise<ClaimedRun> {
  const { config, ledger } = inv;
  const run: RunRef = { partner: config.spec.partner, orderKey: order.orderKey, attempt: 1 };
  const key = claimKey(run);
  const claim: ClaimRecord = {
    schemaVersion: 1,
    ...run,
    orderId: order.orderId,
    chain: order.chain,
    source: order.source,
    trigger: order.trigger,
    specDigest: config.digest,
    jobDefinitionRevisions: revisionsOf(config.spec.chains[order.chain], config.revisions),
    nonce: inv.nonce,
    claimedAt: new Date(inv.clock.now()).toISOString(),
  };
  // A conflict means that the same bytes are there already: the key is their digest.
  await ledger.create(specKey(run.partner, config.digest), specJson(config.spec));
  if ((await ledger.create(key, JSON.stringify(claim))) === "written")
    return { claim, fresh: true };
  const stored = readClaim(key, (await ledger.read(key)).body);
  // The answer to our own write was lost and its repetition met what it had written.
  if (stored.nonce === inv.nonce) return { claim: stored, fresh: true };
  assertSameOrder(key, stored, order);
  return { claim: stored, fresh: false };
}

/**
 * Puts the run into the index of its day, which the claim tells: whoever writes the entry, and whenever, it is the same.
 * Written before the first step, so that no run has jobs and is missing in its day.
 */
export async function indexClaim(inv: Invocation, claim: ClaimRecord): Promise<void> {
  const { partner, orderKey, attempt, orderId, claimedAt } = claim;
  const entry = {
    schemaVersion: 1,
    partner,
    orderKey,
    attempt,
    fact: "claimed",
    orderId,
    claimedAt,
  };
  await inv.ledger.create(dayKey(claimedDay(claim), claim, "claimed"), JSON.stringify(entry));
}

/** UTC day of the claim. */
export const claimedDay = (claim: ClaimRecord): string =>
  new Date(claim.claimedAt).toISOString().slice(0, 10);

/**
 * Finds the spec that a run follows: the one it was claimed with. After a deploy that is not ours any more; following
 * ours could submit a step that the run's chain does not have, or leave one out that others wait for.
 */
export async function specOf(inv: Invocation, claim: ClaimRecord): Promise<PartnerSpec> {
  const { config } = inv;
  if (claim.specDigest === config.digest) return config.spec;
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

function revisionsOf(
  chain: readonly StepSpec[],
  revisions: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    chain.map(({ name }) => {
      const revision = revisions[name];
      // loadConfig has asked for the revision of every step.
      if (revision === undefined)
        throw new PermanentError(`step ${shown(name)} has no revision of its job definition`);
      return [name, revision];
    }),
  );
}

/** Guards against an event that would be taken for known although it asks for something else. */
function assertSameOrder(key: string, stored: ClaimRecord, order: OrderRequest): void {
  if (sourceIdentity(stored.source) !== sourceIdentity(order.source))
    throw new PermanentError(
      `order ${shown(order.orderId)} has the same key as order ${shown(stored.orderId)} (${shown(key)}) but another source; start it by hand under another id`,
    );
  // The same trigger may start another chain since a deploy: then the claim stands, as for everything else.
  if (stored.chain !== order.chain && stored.trigger !== order.trigger)
    throw new PermanentError(
      `order ${shown(order.orderId)} is known as a run of chain "${stored.chain}" through trigger ${shown(stored.trigger)}, and can not also be one of chain "${order.chain}" through trigger ${shown(order.trigger)}; use another id`,
    );
}
