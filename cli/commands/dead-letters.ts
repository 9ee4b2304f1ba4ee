import { type Handed, type HandedOver, tryPartner } from "../../local/try";
import { loadProject } from "../../modules/app";
import { ConfigError } from "../../modules/core";
import { type CommandContext, type CommandResult } from "../command";
import { environmentOf, requirePartner } from "../environments";
import { at, opened, type PlaceOptions } from "../orders/at-place";
import { type OrdersPlace } from "../orders/cloud";
import { confirm, requireReason } from "../orders/confirm";
import { type DeadLetter } from "../orders/dead-letter";
import {
  handOver,
  type LetterBox,
  listDeadLetters,
  MAX_LETTERS,
  type Redriven,
  redriveResult,
  type RedriveWish,
  settleLetters,
  takeLetters,
  untakeable,
} from "../orders/dead-letters";
import { numberOf } from "./order-logs";
import { rememberRun, tellEvent } from "./try";

/** Options of the commands about dead letters. */
export interface DeadLettersOptions extends PlaceOptions {
  readonly partner?: readonly string[];
  readonly message?: readonly string[];
  readonly max?: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

/** Lists what lies in the dead-letter queues. */
export async function deadLettersListCommand(
  context: CommandContext,
  options: DeadLettersOptions,
): Promise<CommandResult> {
  return at(context, options, async (place) => {
    const { project } = place;
    const partners =
      options.partner?.map((id) => requirePartner(project, id)) ??
      project.partners.map(({ id }) => id);
    const boxes: LetterBox[] = [];
    for (const [index, partner] of partners.entries()) {
      const cloud = await place.open(partner);
      // In AWS the platform has one queue; on this machine it has one with each partner.
      const withPlatform = place.local || (index === 0 && options.partner === undefined);
      const owners = withPlatform ? ["platform", partner] : [partner];
      if (cloud !== undefined) boxes.push({ cloud, owners });
    }
    return listDeadLetters(place, boxes);
  });
}

/** Hands dead letters over to the functions that gave them up. */
export async function deadLettersRedriveCommand(
  context: CommandContext,
  owner: string,
  options: DeadLettersOptions,
): Promise<CommandResult> {
  const reason = requireReason(options.reason);
  const max = numberOf("--max", options.max, 1, MAX_LETTERS) ?? 100;
  await confirm(`take up the dead letters of ${owner} again`, options.yes);
  const wish = (by: string): RedriveWish => ({ messages: options.message, max, by, reason });
  const inAws = await at(context, options, async (place) => {
    const box = await boxOf(place, owner);
    if (place.local) return undefined;
    const asked = wish(await place.who());
    const redriven: Redriven[] = [];
    for (const letter of await takeLetters(place, box, asked))
      redriven.push(await redrive(place, box, letter));
    await settleLetters(place, box.cloud, redriven, asked);
    return redriveResult(redriven);
  });
  return inAws ?? redriveHere(context, owner, options, wish);
}

async function redrive(
  place: OrdersPlace,
  { cloud }: LetterBox,
  letter: DeadLetter,
): Promise<Redriven> {
  const refused = untakeable(letter);
  if (refused !== undefined) return { letter, refused, runs: [] };
  try {
    return { letter, runs: await handOver(place, cloud, letter) };
  } catch (error) {
    return { letter, refused: (error as Error).message, runs: [] };
  }
}

async function boxOf(place: OrdersPlace, owner: string): Promise<LetterBox> {
  if (owner !== "platform") {
    const cloud = await opened(place, owner);
    return { cloud, owners: place.local ? [owner, "platform"] : [owner] };
  }
  const [first] = place.project.partners;
  if (place.local || first === undefined)
    throw new ConfigError(
      "the platform's dead letters are with those of each partner here; name a partner in place of platform",
    );
  return { cloud: await opened(place, first.id), owners: [owner] };
}

/** The same on this machine, where the functions run as long as they have something to do. */
async function redriveHere(
  context: CommandContext,
  partner: string,
  options: DeadLettersOptions,
  wish: (by: string) => RedriveWish,
): Promise<CommandResult> {
  const letters = await at(context, options, async (place) => {
    const box = await boxOf(place, partner);
    const taken = await takeLetters(place, box, wish(""));
    // Nobody else is here; what is not taken may be seen at once.
    await settleLetters(
      place,
      box.cloud,
      taken.map((letter) => ({ letter, refused: "", runs: [] })),
      wish(""),
    );
    return taken;
  });
  const takeable = letters.filter(({ taker }) => taker !== undefined);
  const handed = takeable.length === 0 ? [] : await runHere(context, partner, options, takeable);
  return at(context, options, async (place) => {
    const box = await boxOf(place, partner);
    const asked = {
      ...wish(await place.who()),
      messages: letters.map(({ message }) => message.messageId),
    };
    const redriven = (await takeLetters(place, box, asked)).map((letter) => {
      const index = takeable.findIndex(
        ({ message }) => message.messageId === letter.message.messageId,
      );
      const { refused, orders = [] } = handed[index] ?? { refused: untakeable(letter) };
      const led = orders.map(({ orderKey, attempt }) => ({ partner, orderKey, attempt }));
      return { letter, refused, runs: letter.run === undefined ? led : [letter.run] };
    });
    await settleLetters(place, box.cloud, redriven, asked);
    return redriveResult(redriven);
  });
}

async function runHere(
  context: CommandContext,
  partner: string,
  options: DeadLettersOptions,
  letters: readonly DeadLetter[],
): Promise<readonly Handed[]> {
  const project = loadProject(context.projectRoot());
  const result = await tryPartner({
    project,
    environment: environmentOf(project, options.env).environment.id,
    partner,
    handOver: letters.map(({ taker, message }): HandedOver => ({
      to: taker ?? "trigger",
      body: message.body,
    })),
    signal: context.signal,
    onEvent: (event) => {
      tellEvent(context, event, false);
    },
  });
  rememberRun(result);
  return result.handed;
}
