import { classify, interrupted } from "../step/classify";
import type { StepContext } from "../step/context";
import { listSome, messageOf, StepError } from "../step/step-error";
import { FunctionFault, type StartOrder } from "./trigger-client";

/** Invocations at once: each makes the trigger submit jobs, and SubmitJob is limited per account. */
const AT_ONCE = 4;

/** How often a long listing tells how far it is. */
const PROGRESS_MS = 5000;

interface Failure {
  readonly orderId: string;
  readonly error: unknown;
}

/**
 * Hands every order to the trigger. A failed one does not keep the others back; at the end the failed ones are named.
 */
export async function startOrders(
  { log, stop, record }: StepContext,
  orders: readonly string[],
  start: StartOrder,
): Promise<void> {
  const { counts } = record;
  Object.assign(counts, { listed: orders.length, started: 0, known: 0, failed: 0 });
  const failures: Failure[] = [];
  const queue = [...orders].reverse();
  const stopped = (): boolean => stop.aborted;
  const worker = async (): Promise<void> => {
    for (let orderId = queue.pop(); orderId !== undefined; orderId = queue.pop()) {
      if (stopped()) return;
      try {
        const { outcome, orderKey } = await start(orderId, stop);
        counts[outcome] = (counts[outcome] ?? 0) + 1;
        log.info(`order ${outcome}`, { listedOrder: orderId, listedOrderKey: orderKey });
      } catch (error) {
        if (stopped()) return;
        failures.push({ orderId, error });
        counts["failed"] = failures.length;
        log.warn(`an order was not started: ${messageOf(error)}`, { listedOrder: orderId });
      }
    }
  };
  const timer = setInterval(() => {
    log.info(
      `starting orders: ${String(orders.length - queue.length)} of ${String(orders.length)}`,
      counts,
    );
  }, PROGRESS_MS);
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    clearInterval(timer);
  }
  if (stopped()) throw interrupted();
  if (failures.length > 0) throw failed(failures, orders.length);
}

function failed(failures: readonly Failure[], total: number): StepError {
  const errors = failures.map(({ error }) =>
    // A trigger that was reached and failed may do better the next time: the claims make it safe to ask again.
    error instanceof FunctionFault
      ? new StepError("transient", error.message)
      : classify(error, false),
  );
  const outcome = errors.find((error) => error.outcome !== "transient")?.outcome ?? "transient";
  const names = failures.map(
    ({ orderId }, index) => `${JSON.stringify(orderId)} (${errors[index]?.message ?? ""})`,
  );
  return new StepError(
    outcome,
    `${String(failures.length)} of ${String(total)} listed orders were not started: ${listSome(names, 20)}; ` +
      "a new attempt starts those, and leaves the others as they are",
  );
}
