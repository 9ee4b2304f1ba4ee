import { type Announcement, type RunRef } from "../../modules/contract";
import { type ReceivedMessage } from "./message-queues";

/** Who takes a dead letter up again. */
export type Taker = "trigger" | "escalate" | "notify";

/** A message of a dead-letter queue, and what it means. */
export interface DeadLetter {
  /** Partner id, or `platform`. */
  readonly owner: string;
  readonly message: ReceivedMessage;
  /** What it is, for people. */
  readonly what: string;
  /** Why it is here, in the words of whoever put it here. */
  readonly why: string;
  /** Missing: nobody has to, or nobody can; {@link obsolete} tells which. */
  readonly taker?: Taker | undefined;
  /** True when what it asks for is done anyway. */
  readonly obsolete: boolean;
  /** The run that it names by itself. */
  readonly run?: RunRef | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/** Tells what a message of an owner's dead-letter queue is. */
export function readDeadLetter(owner: string, message: ReceivedMessage): DeadLetter {
  const { attributes } = message;
  const why =
    attributes["ErrorMessage"] ?? attributes["ERROR_MESSAGE"] ?? attributes["ERROR_CODE"] ?? "";
  const body = parsed(message.body);
  return { owner, message, why, ...(owner === "platform" ? platformLetter(body) : event(body)) };
}

type Meaning = Pick<DeadLetter, "what" | "taker" | "obsolete" | "run">;

function event(body: Body | undefined): Meaning {
  if (body === undefined) return { what: "no event: its text is no JSON object", obsolete: false };
  return { what: eventWords(body), taker: "trigger", obsolete: false };
}

function eventWords(body: Body): string {
  const { kind, orderId, orderKey, trigger, scheduledTime } = body;
  if (kind === "schedule") return `schedule ${shown(trigger)} of ${String(scheduledTime)}`;
  if (kind === "rerun") return `re-run of ${shown(orderKey)}`;
  if (orderId !== undefined) return `order ${shown(orderId)} by hand`;
  const key = field(body, "detail", "object", "key");
  return key === undefined ? "an event" : `object ${shown(key)}`;
}

function platformLetter(body: Body | undefined): Meaning {
  if (body === undefined) return { what: "no message of the platform", obsolete: false };
  if (body["source"] === "aws.batch")
    return {
      what: `job ${String(field(body, "detail", "jobName"))} is ${String(field(body, "detail", "status"))}`,
      taker: "escalate",
      obsolete: false,
    };
  if (body["source"] === "aws.s3")
    return {
      what: `a function's word ${shown(field(body, "detail", "object", "key"))}`,
      taker: "escalate",
      obsolete: false,
    };
  if (body["source"] === "aws.sts")
    return { what: "somebody asked for the break-glass role; nobody was told", obsolete: false };
  // The next pass, five minutes later, did it all.
  if (body["trigger"] === "reconcile" || Object.keys(body).length === 0)
    return { what: "a pass of the reconciler", obsolete: true };
  if (body["schemaVersion"] !== 1 || typeof body["kind"] !== "string")
    return { what: "no message of the platform", obsolete: false };
  const { kind, partner, orderId, orderKey, attempt } = body as unknown as Announcement;
  const order = orderId === undefined ? "" : ` of order ${shown(orderId)}`;
  return {
    what: `announcement ${shown(kind)}${order} of ${partner}`,
    taker: "notify",
    obsolete: false,
    ...(orderKey === undefined || attempt === undefined
      ? {}
      : { run: { partner, orderKey, attempt } }),
  };
}

function parsed(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Body) : undefined;
  } catch {
    return undefined;
  }
}

const field = (body: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((value, name) => (value as Body | undefined)?.[name], body);

const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));
