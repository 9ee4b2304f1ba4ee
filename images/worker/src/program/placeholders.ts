/** What may stand in an argument of the partner's program, by name: the order's id and directories. */
export type Placeholders = Readonly<Record<string, string>>;

/**
 * Puts the order's id and the directories into an argument, as plain text. One pass: an id that itself reads `{staging}`
 * stays what it is. What has no value stays, too.
 */
export function fillPlaceholders(argument: string, values: Placeholders): string {
  return argument.replace(/\{(orderId|staging|input|output)\}/gu, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}
