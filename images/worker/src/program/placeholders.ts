/** What may stand in an argument of the partner's program. */
export interface Placeholders {
  readonly orderId: string;
  readonly staging: string;
}

/**
 * Puts the order's id and the staging directory into an argument, as plain text. One pass: an id that itself reads
 * `{staging}` stays what it is.
 */
export function fillPlaceholders(argument: string, values: Placeholders): string {
  return argument.replace(/\{(orderId|staging)\}/gu, (_, name: keyof Placeholders) => values[name]);
}
