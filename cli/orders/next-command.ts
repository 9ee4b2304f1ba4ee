/** What a shell takes as one word without quotes. */
const PLAIN = /^[A-Za-z0-9_./:@%+=-]+$/u;

/** A word for a POSIX shell. */
export const shellWord = (text: string): string =>
  PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The command that does a failed order again, whole; by its key where the id looks like an option. */
export function rerunCommand(
  partner: string,
  orderId: string,
  orderKey: string,
  step: string | undefined,
  suffix = "",
): string {
  const order = orderId.startsWith("-") ? orderKey : orderId;
  return [
    "partner-ingest orders rerun",
    partner,
    shellWord(order),
    ...(step === undefined ? [] : [`--from ${step}`]),
    `--reason 'the cause is removed'`,
    ...(suffix === "" ? [] : [suffix]),
  ].join(" ");
}
