import type { Grant } from "../grant";

/** Kinds of faults of grants. */
export type GrantRule =
  | "boundary"
  | "character"
  | "condition-key"
  | "dead-action"
  | "dead-resource"
  | "id"
  | "missing-resource-type"
  | "no-resources"
  | "placeholder"
  | "power"
  | "reach"
  | "reason"
  | "repeated-condition"
  | "repeated-id"
  | "resource"
  | "size"
  | "unknown-action"
  | "wildcard-action";

/** Something wrong with the grants of a role. */
export interface GrantFault {
  readonly role: string;
  readonly rule: GrantRule;
  /** Id of the grant; missing where the grants together are at fault. */
  readonly grant?: string;
  /** For people: what, given, allowed, what to do. */
  readonly message: string;
}

/** A fault of one grant, with the setting that needs it or is it. */
export function sayFault(
  role: string,
  { id, from, setting }: Pick<Grant, "id" | "from" | "setting">,
  rule: GrantRule,
  { what, todo }: { readonly what: string; readonly todo: string },
): GrantFault {
  const subject =
    setting ?? `grant ${JSON.stringify(id)} of role ${JSON.stringify(role)} (needed by ${from})`;
  return { role, rule, grant: id, message: `${subject} ${what}; ${todo}` };
}

/** Texts as they stand in a message. */
export const quotedList = (texts: readonly string[]): string =>
  texts.map((text) => JSON.stringify(text)).join(", ");
