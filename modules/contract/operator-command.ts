/*
 * The commands that people are told to type: by announcements and by the command line alike. They work as they stand:
 * whole, with the environment, and safe to paste into a shell whatever an order is called.
 */

/** What a POSIX shell takes as one word without quotes. */
const PLAIN = /^[A-Za-z0-9_./:@%+=-]+$/u;

/** A word for a POSIX shell. */
export const shellWord = (text: string): string =>
  PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** An order as a command names it. */
export interface NamedOrder {
  readonly partner: string;
  readonly orderId: string;
  readonly orderKey: string;
}

/** The partner and the order; by its key where the id looks like an option. */
const orderWords = ({ partner, orderId, orderKey }: NamedOrder): string =>
  `${partner} ${shellWord(orderId.startsWith("-") ? orderKey : orderId)}`;

const command = (...words: readonly string[]): string =>
  ["partner-ingest orders", ...words.filter((word) => word !== "")].join(" ");

/** Words that tell a command where the orders are: an environment in AWS. */
export const inEnvironment = (environment: string): string => `--env ${environment}`;

/** The command that does an order again. */
export const rerunCommand = (order: NamedOrder, step: string | undefined, where: string): string =>
  command(
    "rerun",
    orderWords(order),
    step === undefined ? "" : `--from ${step}`,
    `--reason 'the cause is removed'`,
    where,
  );

/** The command that shows everything that happened to an order. */
export const showCommand = (order: NamedOrder, where: string): string =>
  command("show", orderWords(order), where);

/** The command that shows what the jobs of a step wrote. */
export const logsCommand = (order: NamedOrder, step: string, where: string): string =>
  command("logs", orderWords(order), `--step ${step}`, where);

/** The command that lists the orders of a partner from a day on. */
export const listCommand = (partner: string, since: string, where: string): string =>
  command("list", `--partner ${partner}`, `--since ${since}`, where);

/** The command that lists what of a partner is in quarantine, with the commands that decide about it. */
export const quarantineListCommand = (partner: string, where: string): string =>
  command("quarantine list", partner, where);

/** The command that publishes a delivery in quarantine as it is, or turns it down. */
export const decideCommand = (
  decision: "release" | "reject",
  order: NamedOrder,
  where: string,
): string =>
  command(
    "quarantine",
    decision,
    orderWords(order),
    decision === "release"
      ? `--reason 'the delivery is right as it is'`
      : `--reason 'the partner delivers anew'`,
    "--yes",
    where,
  );
