import {
  orderIdFault,
  orderKey,
  type ChainName,
  type OrderSource,
  type PartnerSpec,
  type TriggerSpec,
} from "../../modules/contract";
import { InputError } from "../runs-core/errors";
import { isRecord, shown } from "../runs-core/json";
import { localDate } from "../runs-core/local-date";
import { readS3Event, type CreatedObject } from "./s3-events";

/** An order that an event asks for. */
export interface OrderRequest {
  readonly orderId: string;
  readonly orderKey: string;
  readonly source: OrderSource;
  /** Name of the trigger that it came through. */
  readonly trigger: string;
  readonly chain: ChainName;
  /** Bytes of the object that it came from, where the event tells them. */
  readonly size?: number | undefined;
}

/** What an event means. Its parts stand alone: a fault in one does not stop the others. */
export interface Decision {
  readonly orders: readonly OrderRequest[];
  /** Why parts of the event start nothing. */
  readonly ignored: readonly string[];
  /** Parts that should have started something and can not. */
  readonly faults: readonly InputError[];
}

const FORMS =
  '{"kind":"manual","orderId":"..."} or {"orderId":"..."} by hand, ' +
  '{"kind":"rerun","orderKey":"...","reason":"...","by":"..."} to run an order again, ' +
  '{"kind":"schedule","trigger":"...","scheduledTime":"..."} from EventBridge Scheduler, ' +
  "an S3 event of EventBridge, or an S3 notification";

const MANUAL_SETTINGS = ["kind", "orderId", "trigger"];

/** Tells which orders an event starts. Pure: the same event and spec give the same orders. */
export function decide(event: unknown, spec: PartnerSpec): Decision {
  try {
    return decideOrThrow(event, spec);
  } catch (error) {
    if (error instanceof InputError) return { orders: [], ignored: [], faults: [error] };
    throw error;
  }
}

function decideOrThrow(event: unknown, spec: PartnerSpec): Decision {
  if (!isRecord(event)) throw unknownForm(shown(event));
  const { kind } = event;
  if (kind === "manual" || (kind === undefined && "orderId" in event))
    return started(manualOrder(event, spec));
  if (kind === "schedule") return started(scheduledOrder(event, spec));
  const s3 = kind === undefined ? readS3Event(event) : undefined;
  if (s3 !== undefined) return s3Orders(s3, spec);
  throw unknownForm(shown(event));
}

const unknownForm = (got: string): InputError =>
  new InputError(`the event has no form that starts an order: got ${got}; allowed are ${FORMS}`);

const started = (order: OrderRequest): Decision => ({ orders: [order], ignored: [], faults: [] });

function manualOrder(event: Readonly<Record<string, unknown>>, spec: PartnerSpec): OrderRequest {
  const { orderId, trigger: name } = event;
  if (typeof orderId !== "string")
    throw new InputError(`orderId must be a text, got ${shown(orderId)}; put it in quotes`);
  if (name !== undefined && typeof name !== "string")
    throw new InputError(`trigger must be the name of a manual trigger, got ${shown(name)}`);
  const unknown = Object.keys(event).filter((key) => !MANUAL_SETTINGS.includes(key));
  if (unknown.length > 0)
    throw new InputError(
      `an order by hand has the settings ${MANUAL_SETTINGS.join(", ")}, got ${unknown.map((key) => shown(key)).join(", ")}`,
    );
  const trigger = manualTrigger(name, spec);
  return request("orderId", orderId, { kind: "manual", orderId }, trigger);
}

function manualTrigger(name: string | undefined, spec: PartnerSpec): TriggerSpec {
  const manual = spec.triggers.filter((trigger) => trigger.kind === "manual");
  if (name !== undefined) return named(name, manual, "manual");
  if (manual.length === 0)
    throw new InputError(
      `partner ${shown(spec.partner)} takes no orders by hand; add manual() to its triggers`,
    );
  // An order id by itself means the partner's orders, also where a listing can be started by hand.
  const [only, second] = manual.length === 1 ? manual : manual.filter((t) => t.starts === "order");
  if (only !== undefined && second === undefined) return only;
  throw new InputError(
    `partner ${shown(spec.partner)} has several manual triggers; name one of ${names(manual)} in trigger`,
  );
}

function scheduledOrder(event: Readonly<Record<string, unknown>>, spec: PartnerSpec): OrderRequest {
  const { trigger: name, scheduledTime } = event;
  if (typeof name !== "string")
    throw new InputError(`trigger must be the name of a schedule, got ${shown(name)}`);
  const schedules = spec.triggers.filter((trigger) => trigger.kind === "schedule");
  const trigger = named(name, schedules, "schedule");
  const time = typeof scheduledTime === "string" ? instantOf(scheduledTime) : undefined;
  if (time === undefined)
    throw new InputError(
      `scheduledTime must be an instant such as "2026-03-01T21:00:00Z", got ${shown(scheduledTime)}; let the schedule's input hold <aws.scheduler.scheduled-time>`,
    );
  return request(
    "scheduledTime",
    localDate(time, trigger.timezone),
    // The full time, not the date: a schedule that is due twice a day has two orders a day.
    { kind: "schedule", trigger: name, scheduledTime: time.toISOString() },
    trigger,
  );
}

function instantOf(text: string): Date | undefined {
  // A time without a zone would be read in the zone of whatever machine this is.
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/u.test(text))
    return undefined;
  // Date turns February 30 into March 2 without a word.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const time = new Date(text);
  if (Number.isNaN(day.getTime()) || Number.isNaN(time.getTime())) return undefined;
  return day.toISOString().startsWith(text.slice(0, 10)) ? time : undefined;
}

function s3Orders(event: NonNullable<ReturnType<typeof readS3Event>>, spec: PartnerSpec): Decision {
  const orders = new Map<string, OrderRequest>();
  const ignored = [...event.ignored];
  const faults = [...event.faults];
  for (const object of event.created) {
    const trigger = s3Trigger(object, spec);
    if (trigger === undefined) {
      ignored.push(
        `${where(object)} is outside of every S3 trigger of partner ${shown(spec.partner)}`,
      );
    } else if (object.size === 0 && object.key.endsWith("/")) {
      ignored.push(`${where(object)} is a folder marker, which consoles create; it holds no order`);
    } else {
      try {
        const { bucket, key, versionId, etag, sequencer } = object;
        const source: OrderSource = { kind: "s3", bucket, key, versionId, etag, sequencer };
        const order = request(
          `the key in bucket ${shown(bucket)}`,
          idOf(key, trigger),
          source,
          trigger,
        );
        orders.set(
          order.orderKey,
          object.size === undefined ? order : { ...order, size: object.size },
        );
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        faults.push(error);
      }
    }
  }
  return { orders: [...orders.values()], ignored, faults };
}

type S3Trigger = Extract<TriggerSpec, { readonly kind: "s3" }>;

/** Finds the trigger of an object: of several that match, the closest, so that one object is one order. */
function s3Trigger(object: CreatedObject, spec: PartnerSpec): S3Trigger | undefined {
  return spec.triggers
    .filter((trigger) => trigger.kind === "s3")
    .filter(
      ({ bucket, prefix, suffix }) =>
        object.bucket === bucket && object.key.startsWith(prefix) && object.key.endsWith(suffix),
    )
    .sort((a, b) => b.prefix.length - a.prefix.length || b.suffix.length - a.suffix.length)[0];
}

/** The key between prefix and suffix. S3 tests both by themselves, so they can overlap and leave nothing. */
function idOf(key: string, { prefix, suffix }: S3Trigger): string {
  const between = key.slice(prefix.length, Math.max(prefix.length, key.length - suffix.length));
  return between === "" ? key : between;
}

const where = (object: CreatedObject): string =>
  `${shown(object.key)} in bucket ${shown(object.bucket)}`;

function request(
  path: string,
  orderId: string,
  source: OrderSource,
  trigger: TriggerSpec,
): OrderRequest {
  const fault = orderIdFault(orderId);
  if (fault !== undefined)
    throw new InputError(
      `${path} gives no order id: ${shown(orderId)} ${fault}; allowed is every S3 key of at most 1,024 bytes without control characters`,
    );
  return {
    orderId,
    orderKey: orderKey(orderId, source),
    source,
    trigger: trigger.name,
    chain: trigger.starts,
  };
}

function named<T extends TriggerSpec>(name: string, triggers: readonly T[], kind: string): T {
  const found = triggers.find((trigger) => trigger.name === name);
  if (found !== undefined) return found;
  throw new InputError(
    `trigger must be the name of a ${kind} trigger, got ${shown(name)}; there is ${names(triggers)}`,
  );
}

const names = (triggers: readonly TriggerSpec[]): string =>
  triggers.length === 0 ? "none" : triggers.map((trigger) => shown(trigger.name)).join(", ");
