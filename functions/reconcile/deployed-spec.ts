import { currentSpecKey, type PartnerSpec } from "../../modules/contract";
import type { PlatformInvocation } from "../runs-core/platform";
import { parseSpec } from "../runs-core/spec-check";

/**
 * Finds what is deployed for a partner: what its stack wrote. Nothing where the stack was destroyed, which takes its object
 * along: then nothing is expected any more, however many runs the ledger knows.
 *
 * @throws Error when it can not be read: what it expects is unknown, which must not pass for nothing
 */
export async function deployedSpec(
  { ledger }: Pick<PlatformInvocation, "ledger">,
  partner: string,
): Promise<PartnerSpec | undefined> {
  const key = currentSpecKey(partner);
  const current = await ledger.find(key);
  if (current === undefined) return undefined;
  const parsed = parseSpec(current.body);
  if ("spec" in parsed) return parsed.spec;
  throw new Error(
    `the partner's spec ${JSON.stringify(key)} can not be read: it ${parsed.faults.join("; it ")}; apply the partner's stack again`,
  );
}
