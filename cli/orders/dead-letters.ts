import { InvokeCommand } from "@aws-sdk/client-lambda";
import { type RunRef } from "../../modules/contract";
import { ConfigError } from "../../modules/core/errors";
import { type CommandResult } from "../command";
import { table } from "../output/table";
import { count } from "../output/words";
import { type OrdersPlace, type PartnerCloud } from "./cloud";
import { asked, CloudError } from "./cloud-error";
import { type DeadLetter, readDeadLetter } from "./dead-letter";
import { invokeTrigger } from "./rerun-order";
import { recordAction } from "./write-fact";

/** Messages that are looked at in one queue at most. */
export const MAX_LETTERS = 1000;

/** A partner's cloud and the owners whose dead letters are read through it. */
export interface LetterBox {
  readonly cloud: PartnerCloud;
  readonly owners: readonly string[];
}

const queueOf = ({ naming }: OrdersPlace, owner: string): string =>
  naming.name("queue", owner, "dead-letters");

/** Lists what lies in dead-letter queues. Messages are shown to others again at once. */
export async function listDeadLetters(
  place: OrdersPlace,
  boxes: readonly LetterBox[],
): Promise<CommandResult> {
  const letters: DeadLetter[] = [];
  const missing: string[] = [];
  for (const { cloud, owners } of boxes)
    for (const owner of owners) {
      const queue = queueOf(place, owner);
      // A partner whose file is there may not be applied in every environment.
      if (!(await cloud.queues.exists(queue))) {
        missing.push(owner);
        continue;
      }
      const received = await cloud.queues.receive(queue, MAX_LETTERS);
      for (const message of received) await cloud.queues.show(queue, message);
      letters.push(...received.map((message) => readDeadLetter(owner, message)));
    }
  const rows = letters.map(({ owner, message, what, why }) => [
    message.sentAt,
    owner,
    message.messageId,
    what,
    why,
  ]);
  return {
    data: { letters: letters.map(told), notApplied: missing },
    text: [
      ...(letters.length === 0
        ? ["no dead letters"]
        : [table(rows), "", count(letters.length, "dead letter")]),
      ...missing.map((owner) => `note: ${owner} has no queue here; it is not applied`),
    ].join("\n"),
  };
}

/** What is done with dead letters. */
export interface RedriveWish {
  /** Only these messages. @default all */
  readonly messages?: readonly string[] | undefined;
  readonly max: number;
  readonly by: string;
  readonly reason: string;
}

/** A dead letter and what became of it. */
export interface Redriven {
  readonly letter: DeadLetter;
  /** Why nobody took it; it stays where it is then. */
  readonly refused?: string | undefined;
  /** Runs that it led to. */
  readonly runs: readonly RunRef[];
}

/** Takes letters out of an owner's queue; those that are not asked for are shown to others again at once. */
export async function takeLetters(
  place: OrdersPlace,
  { cloud, owners }: LetterBox,
  { messages, max }: Pick<RedriveWish, "messages" | "max">,
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const owner of owners) {
    const queue = queueOf(place, owner);
    for (const message of await cloud.queues.receive(queue, MAX_LETTERS)) {
      const wanted = messages?.includes(message.messageId) ?? true;
      if (wanted && letters.length < max) letters.push(readDeadLetter(owner, message));
      else await cloud.queues.show(queue, message);
    }
  }
  const found = letters.map(({ message }) => message.messageId);
  const missing = (messages ?? []).filter((id) => !found.includes(id)).slice(0, max);
  if (missing.length > 0) {
    for (const { owner, message } of letters)
      await cloud.queues.show(queueOf(place, owner), message);
    throw new ConfigError(
      `--message names no dead letter of ${owners.join(" or ")}: ${missing.map((id) => JSON.stringify(id)).join(", ")}; orders dlq list tells those that are there`,
    );
  }
  return letters;
}

/** Hands a letter over to the function that gave it up. */
export async function handOver(
  place: OrdersPlace,
  cloud: PartnerCloud,
  { owner, message, taker, run }: DeadLetter,
): Promise<readonly RunRef[]> {
  const own = run === undefined ? [] : [run];
  switch (taker) {
    case "trigger": {
      const { orders } = await invokeTrigger(place, cloud, JSON.parse(message.body));
      return orders.map(({ orderKey, attempt }) => ({ partner: owner, orderKey, attempt }));
    }
    case "notify":
      await cloud.queues.send(
        place.naming.name("queue", "platform", "announcements"),
        message.body,
      );
      return own;
    case "escalate":
      await invokePlatform(place, cloud, "escalate", message.body);
      return own;
    default:
      return own;
  }
}

/** Ends what was redriven: what was taken is deleted and recorded, the rest is shown to others again. */
export async function settleLetters(
  place: OrdersPlace,
  cloud: PartnerCloud,
  redriven: readonly Redriven[],
  { by, reason }: Pick<RedriveWish, "by" | "reason">,
): Promise<void> {
  for (const { letter, refused, runs } of redriven) {
    const queue = queueOf(place, letter.owner);
    if (refused !== undefined) {
      await cloud.queues.show(queue, letter.message);
      continue;
    }
    // First the record: a letter that is recorded twice harms nobody, one that is gone without a word does.
    const details = { messageId: letter.message.messageId, what: letter.what };
    for (const run of runs)
      await recordAction(cloud, run, { action: "redrive", by, reason, details });
    await cloud.queues.delete(queue, letter.message);
  }
}

/** Why nobody takes a letter up; `undefined` when somebody does, or need not. */
export const untakeable = ({ taker, obsolete }: DeadLetter): string | undefined =>
  taker !== undefined || obsolete
    ? undefined
    : "nobody takes it up; look at it, and delete it with aws sqs";

/** What became of letters, for people and for --json. */
export function redriveResult(redriven: readonly Redriven[]): CommandResult {
  const refused = redriven.filter((letter) => letter.refused !== undefined);
  return {
    data: redriven.map(({ letter, refused: why, runs }) => ({
      ...told(letter),
      taken: why === undefined,
      ...(why === undefined ? {} : { refused: why }),
      runs,
    })),
    text:
      redriven.length === 0
        ? "no dead letters"
        : [
            ...redriven.map(
              ({ letter, refused: why }) =>
                `${why === undefined ? "taken" : "kept"}  ${letter.what}${why === undefined ? "" : `: ${why}`}`,
            ),
            "",
            `${count(redriven.length - refused.length, "dead letter")} taken up again, ${String(refused.length)} kept`,
          ].join("\n"),
    exit: refused.length > 0 ? "toolFailed" : "ok",
  };
}

/** A letter as --json tells it; a message's receipt is worth nothing to anybody else. */
function told({ owner, message, what, why, taker, obsolete }: DeadLetter): object {
  const { messageId, sentAt, body } = message;
  return { owner, messageId, sentAt, body, what, why, taker, obsolete };
}

async function invokePlatform(
  { naming }: OrdersPlace,
  { lambda }: PartnerCloud,
  thing: string,
  event: string,
): Promise<void> {
  const name = naming.name("function", "platform", thing);
  if (lambda === undefined) throw new ConfigError("there is no function to invoke on this machine");
  const { FunctionError, Payload } = await asked(
    `invoke ${name}`,
    lambda.send(new InvokeCommand({ FunctionName: name, Payload: event })),
  );
  if (FunctionError === undefined) return;
  throw new CloudError(`${name} failed: ${Buffer.from(Payload ?? []).toString("utf8")}`);
}
