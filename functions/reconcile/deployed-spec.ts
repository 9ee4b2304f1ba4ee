import { currentSpecKey, type PartnerSpec } from "../../modules/contract";
import type { PlatformInvocation } from "../runs-core/platform";
import { parseSpec } from "../runs-core/spec-check";

/**
 * Finds what is deployed for a partner: what its stack wrote. Nothing where the stack was destroyed, which takes its object
 * along: then nothing is expected any more, however many runs the ledger knows.
 */
export async function deployedSpec(
  { ledger }: Pick<PlatformInvocation, "ledger">,
  partner: string,
): Promise<PartnerSpec | undefined> {
  const current = await ledger.find(currentSpecKey(partner));
  const parsed = current === undefined ? undefined : parseSpec(current.body);
  return parsed !== undefined && "spec" in parsed ? parsed.spec : undefined;
}
