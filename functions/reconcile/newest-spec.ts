import { currentSpecKey, type PartnerSpec } from "../../modules/contract";
import { runsOfDay } from "../../modules/ledger";
import { claimOfIndex, pinnedSpec } from "../runs-core/claims";
import { openDays } from "../runs-core/limits";
import type { PlatformInvocation } from "../runs-core/platform";
import { parseSpec } from "../runs-core/spec-check";
import { readerOf } from "../runs-core/state";

/** Finds what is deployed for a partner: what its stack wrote, else what its newest run was claimed with. */
export async function newestSpec(
  inv: PlatformInvocation,
  partner: string,
): Promise<PartnerSpec | undefined> {
  const current = await inv.ledger.find(currentSpecKey(partner));
  const parsed = current === undefined ? undefined : parseSpec(current.body);
  if (parsed !== undefined && "spec" in parsed) return parsed.spec;
  for (const day of openDays(inv.clock.now()).reverse())
    for (const run of await runsOfDay(readerOf(inv.ledger), partner, day)) {
      const claim = await claimOfIndex(inv, day, run);
      if (claim !== undefined) return pinnedSpec(inv, claim);
    }
  return undefined;
}
