import type { Announcement, PartnerSpec } from "../../../modules/contract";
import { lateOrders } from "./late";
import type { ExpectationContext } from "./types";
import { unusualDeliveries } from "./unusual";

export type { ExpectationContext, ObservedOrder } from "./types";

/**
 * Checks what is expected of a partner. Called again and again, it tells the same with the same ids; whoever sends them
 * tells each once.
 *
 * @param now - milliseconds since the epoch
 */
export async function checkExpectations(
  context: ExpectationContext,
  spec: PartnerSpec,
  now: number,
): Promise<Announcement[]> {
  return [
    ...(await lateOrders(context, spec, now)),
    ...(await unusualDeliveries(context, spec, now)),
  ];
}
