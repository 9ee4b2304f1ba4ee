import type { ListSettings } from "../../../../modules/contract";
import { runPartnerProgram } from "../program/partner-program";
import { makeScratch } from "../program/scratch";
import type { StepContext } from "../step/context";
import { OrderListing } from "./order-listing";
import { startOrders } from "./start-orders";
import { triggerStarter } from "./trigger-client";

/** Has the partner's program list orders, and hands each to the trigger once the whole listing is known to be good. */
export async function listOrders(context: StepContext, settings: ListSettings): Promise<void> {
  const { config, log, record } = context;
  const listing = new OrderListing(settings.maxOrders);
  const scratch = await makeScratch(config.root);
  try {
    await runPartnerProgram(context, settings, {
      scratch,
      staging: scratch.home,
      stdout: listing.stdout,
    });
  } finally {
    await scratch.remove();
  }
  const orders = listing.orders();
  if (listing.repeated > 0) record.counts["repeated"] = listing.repeated;
  log.info(`the listing holds ${String(orders.length)} orders`, { listed: orders.length });
  await startOrders(context, orders, triggerStarter(config.aws, settings.triggerFunction));
}
