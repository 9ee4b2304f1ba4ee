import {
  sourceIdentity,
  specJson,
  specKey,
  type ClaimRecord,
  type PartnerSpec,
  type RunRef,
  type StepSpec,
} from "../../modules/contract";
import { functionsFor } from "../runs-core/by-function";
import { findClaim, pinnedSpec, writeClaim, type ClaimedRun } from "../runs-core/claims";
import { PermanentError } from "../runs-core/errors";
import { shown } from "../runs-core/json";
import type { TriggerConfig } from "./config";
import { arraySizes } from "./count-files";
import type { OrderRequest } from "./decide";
import type { TriggerInvocation } from "./invocation";

/**
 * Claims the first attempt of an order, or finds who claimed it; all copies of an event complete *that* run.
 *
 * The spec is written before the claim that names it, else a run could follow a spec that nobody can read.
 */
export async function claimRun(inv: TriggerInvocation, order: OrderRequest): Promise<ClaimedRun> {
  const { config } = inv;
  const run: RunRef = { partner: config.spec.partner, orderKey: order.orderKey, attempt: 1 };
  // Looked for first: an event that comes again on another day must not put the run into the index of that day, too.
  const known = await findClaim(inv, run);
  const claimed =
    known === undefined
      ? await newClaim(inv, {
          ...run,
          orderId: order.orderId,
          chain: order.chain,
          source: order.source,
          trigger: order.trigger,
          ...functionsFor(config.spec, order),
        })
      : { claim: known, fresh: false };
  if (!claimed.fresh) assertSameOrder(claimed.claim, order);
  return claimed;
}

/** Claims a run with what is deployed now. */
export async function newClaim(
  inv: TriggerInvocation,
  about: Pick<
    ClaimRecord,
    | "partner"
    | "orderKey"
    | "attempt"
    | "orderId"
    | "chain"
    | "source"
    | "trigger"
    | "functions"
    | "resumesFrom"
    | "verifies"
  >,
): Promise<ClaimedRun> {
  const { config, ledger } = inv;
  const sizes = await arraySizes(inv.countFiles, config.spec.chains[about.chain], about.source);
  // A conflict means that the same bytes are there already: the key is their digest.
  await ledger.create(specKey(about.partner, config.digest), specJson(config.spec));
  return writeClaim(inv, {
    schemaVersion: 1,
    ...about,
    specDigest: config.digest,
    jobDefinitionRevisions: revisionsOf(config.spec.chains[about.chain], config.revisions),
    ...(sizes === undefined ? {} : { arraySizes: sizes }),
    nonce: inv.nonce,
    claimedAt: new Date(inv.clock.now()).toISOString(),
  });
}

/**
 * Finds the spec that a run follows: the one it was claimed with. After a deploy that is not ours any more; following
 * ours could submit a step that the run's chain does not have, or leave one out that others wait for.
 */
export const specOf = async (inv: TriggerInvocation, claim: ClaimRecord): Promise<PartnerSpec> =>
  claim.specDigest === inv.config.digest ? inv.config.spec : pinnedSpec(inv, claim);

function revisionsOf(
  chain: readonly StepSpec[],
  revisions: TriggerConfig["revisions"],
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
function assertSameOrder(stored: ClaimRecord, order: OrderRequest): void {
  if (sourceIdentity(stored.source) !== sourceIdentity(order.source))
    throw new PermanentError(
      `order ${shown(order.orderId)} has the same key as order ${shown(stored.orderId)} (${shown(order.orderKey)}) but another source; start it by hand under another id`,
    );
  // The same trigger may start another chain since a deploy: then the claim stands, as for everything else.
  if (stored.chain !== order.chain && stored.trigger !== order.trigger)
    throw new PermanentError(
      `order ${shown(order.orderId)} is known as a run of chain "${stored.chain}" through trigger ${shown(stored.trigger)}, and can not also be one of chain "${order.chain}" through trigger ${shown(order.trigger)}; use another id`,
    );
}
