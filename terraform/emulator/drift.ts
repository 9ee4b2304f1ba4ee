import type { PlanJson, ResourceChange } from "../plan/plan-json";

/** A difference that a plan still shows after an apply, because the emulator answers otherwise than AWS. */
export interface AcceptedDrift {
  /** Address of the resource; `*` stands for any name: `aws_launch_template.*`. */
  readonly address: string;
  /** Path of the attribute, e.g. `tag_specifications.0.tags`. */
  readonly attribute: string;
  /** What the emulator says. */
  readonly before: unknown;
  /** What the configuration says; `UNKNOWN_VALUE` where it is known after apply. */
  readonly after: unknown;
  readonly reason: string;
}

/** Stands for a value that is only known after apply. */
export const UNKNOWN_VALUE = "(known after apply)";

/** One attribute that a plan would change. */
export interface Drift {
  readonly address: string;
  readonly attribute: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Compares what a plan would change with what is accepted. */
export function checkDrifts(
  plans: readonly PlanJson[],
  accepted: readonly AcceptedDrift[],
): { readonly unlisted: readonly Drift[]; readonly unused: readonly AcceptedDrift[] } {
  const drifts = plans.flatMap(driftsOf);
  return {
    unlisted: drifts.filter((drift) => !accepted.some((entry) => covers(entry, drift))),
    unused: accepted.filter((entry) => !drifts.some((drift) => covers(entry, drift))),
  };
}

/** Everything that a plan would change, attribute by attribute; a whole resource where it is made or destroyed. */
export function driftsOf(plan: PlanJson): readonly Drift[] {
  const resources = (plan.resource_changes ?? []).flatMap(driftsOfResource);
  const outputs = Object.entries(plan.output_changes ?? {})
    .filter(([, { actions }]) => actions.some((action) => action !== "no-op"))
    .map(([name, { before, after }]) => ({
      address: `output.${name}`,
      attribute: "value",
      before,
      after,
    }));
  return [...resources, ...outputs];
}

function driftsOfResource({ address, change, mode }: ResourceChange): readonly Drift[] {
  const { actions, after, after_unknown: unknown, before } = change;
  if (mode === "data" || actions.every((action) => action === "no-op" || action === "read"))
    return [];
  const attributes = differing(before, after, unknown, []);
  const whole =
    actions.join(", ") === "update" ? [] : [{ attribute: "", before: actions, after: "" }];
  return [...whole, ...attributes].map((drift) => ({ address, ...drift }));
}

function differing(
  before: unknown,
  after: unknown,
  unknown: unknown,
  at: readonly string[],
): Omit<Drift, "address">[] {
  if (unknown === true)
    return [{ attribute: at.join("."), before: before ?? null, after: UNKNOWN_VALUE }];
  if (!isBranch(before) || !isBranch(after)) {
    const [was, willBe] = [before ?? null, after ?? null];
    return same(was, willBe) && !isBranch(unknown)
      ? []
      : same(was, willBe)
        ? unknownLeaves(unknown, at)
        : [{ attribute: at.join("."), before: was, after: willBe }];
  }
  // Lists of another length are told as a whole: which item is new can not be known.
  if (Array.isArray(before) && Array.isArray(after) && before.length !== after.length)
    return [{ attribute: at.join("."), before, after }];
  const marks = isBranch(unknown) ? unknown : {};
  const names = [
    ...new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(marks)]),
  ];
  return names.flatMap((name) => differing(before[name], after[name], marks[name], [...at, name]));
}

function unknownLeaves(unknown: unknown, at: readonly string[]): Omit<Drift, "address">[] {
  if (unknown === true) return [{ attribute: at.join("."), before: null, after: UNKNOWN_VALUE }];
  if (!isBranch(unknown)) return [];
  return Object.entries(unknown).flatMap(([name, item]) => unknownLeaves(item, [...at, name]));
}

function covers(entry: AcceptedDrift, drift: Drift): boolean {
  const pattern = entry.address
    .split("*")
    .map((part) => part.replace(/[.[\]\\^$+?(){}|]/gu, "\\$&"));
  return (
    new RegExp(`^${pattern.join("[A-Za-z0-9_-]+")}$`, "u").test(drift.address) &&
    entry.attribute === drift.attribute &&
    same(entry.before, drift.before) &&
    same(entry.after, drift.after)
  );
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
