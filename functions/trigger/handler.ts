import {
  TRIGGER_TIMEOUT_SECONDS,
  type TriggerAnswer,
  type TriggeredOrder,
} from "../../modules/contract";
import {
  ConfigError,
  OrdersFailedError,
  RetryableError,
  TriggerError,
  reasonOf,
} from "../runs-core/errors";
import type { StepFunctions } from "../runs-core/functions-port";
import { shown } from "../runs-core/json";
import type { Log } from "../runs-core/log";
import {
  CALL_TIMEOUT_MS,
  SUBMIT_TIMEOUT_MS,
  type Batch,
  type Clock,
  type Ledger,
} from "../runs-core/ports";
import { retryingBatch, retryingLedger } from "../runs-core/retry";
import type { TriggerConfig } from "./config";
import type { CountFiles } from "./count-files";
import { decide, type OrderRequest } from "./decide";
import type { TriggerInvocation } from "./invocation";
import { readRerun, rerunOrder } from "./rerun";
import { startOrder } from "./run";

/** What the handler works with. */
export interface HandlerPorts {
  readonly config: TriggerConfig;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly batch: Batch;
  readonly functions: StepFunctions;
  readonly log: Log;
  readonly countFiles: CountFiles;
  /** A new id for every invocation. */
  readonly nonce: () => string;
}

/** What Lambda tells of the invocation. */
export interface InvocationLimits {
  readonly requestId: string;
  /** Milliseconds until Lambda ends the invocation. */
  readonly remainingMs: number;
}

const MAX_RUN_MS = TRIGGER_TIMEOUT_SECONDS * 1000;
/** Kept back for a last call that begins just before the deadline, and for the log. */
const RESERVE_MS = CALL_TIMEOUT_MS + 2_000;

/**
 * Handles one event: starts each order that it holds, and goes on to the next when one fails. What failed is thrown at
 * the end, so that the sender repeats the event; what was done by then is found and not done again.
 */
export async function handle(
  ports: HandlerPorts,
  event: unknown,
  limits: InvocationLimits,
): Promise<TriggerAnswer> {
  const inv = invocation(ports, limits);
  const { log } = inv;
  const rerun = readRerun(event);
  if (rerun !== undefined) return { orders: [await rerunOrder(inv, rerun)], ignored: [] };
  const { orders, ignored, faults } = decide(event, ports.config.spec);
  for (const reason of ignored) log.info("ignored", { reason });
  for (const fault of faults) log.error("event refused", { reason: fault.message });
  const errors: Error[] = [...faults];
  const started: TriggeredOrder[] = [];
  for (const order of orders) {
    const scoped = { ...inv, log: log.with(orderFields(order)) };
    try {
      const done = await within(scoped, order);
      started.push(done);
      scoped.log.info("order done", { outcome: done.outcome, jobs: done.jobs });
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      errors.push(error);
      const retryable = error instanceof TriggerError && error.retryable;
      const level = retryable ? "warn" : "error";
      scoped.log[level]("order not done", { reason: reasonOf(error), retryable });
    }
  }
  const [first, second] = errors;
  if (first !== undefined) throw second === undefined ? first : new OrdersFailedError(errors);
  return { orders: started, ignored };
}

function within(inv: TriggerInvocation, order: OrderRequest): Promise<TriggeredOrder> {
  if (inv.clock.now() < inv.deadline) return startOrder(inv, order);
  throw new RetryableError(
    `no time is left in this invocation to start order ${shown(order.orderId)}; the event must come again`,
  );
}

function invocation(ports: HandlerPorts, limits: InvocationLimits): TriggerInvocation {
  const { config, clock } = ports;
  const log = ports.log.with({ partner: config.spec.partner, requestId: limits.requestId });
  // Less could never submit anything, and would say with every event that it must come again.
  if (limits.remainingMs < RESERVE_MS + SUBMIT_TIMEOUT_MS)
    throw new ConfigError([
      `the function's timeout leaves ${String(limits.remainingMs)} ms for an event; set it to ${String(TRIGGER_TIMEOUT_SECONDS)} s`,
    ]);
  if (limits.remainingMs > MAX_RUN_MS)
    log.warn("timeout too long", {
      reason: `the function's timeout is more than ${String(TRIGGER_TIMEOUT_SECONDS)} s, on which the leases of steps are built; set it to ${String(TRIGGER_TIMEOUT_SECONDS)} s`,
    });
  const deadline = clock.now() + Math.min(limits.remainingMs, MAX_RUN_MS) - RESERVE_MS;
  return {
    config,
    clock,
    log,
    ledger: retryingLedger(ports.ledger, clock, deadline),
    batch: retryingBatch(ports.batch, clock, deadline),
    functions: ports.functions,
    countFiles: ports.countFiles,
    nonce: ports.nonce(),
    deadline,
  };
}

const orderFields = (
  order: OrderRequest,
): { orderId: string; orderKey: string; attempt: number } => ({
  orderId: order.orderId,
  orderKey: order.orderKey,
  attempt: 1,
});
