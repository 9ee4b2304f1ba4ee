import { mask, UNKNOWN } from "../plan/masking";
import type { PlanJson, ResourceChange } from "../plan/plan-json";

/** A difference that a plan still shows after an apply, because the emulator answers otherwise than AWS. */
export interface AcceptedDrift {
  /** Address of the resource; `*` stands for any name: `aws_launch_template.*`. */
  readonly address: string;
  /** Path of the attribute, e.g. `tag_specifications.0.tags`. */
  readonly attribute: string;
  /** What the emulator says. */
  readonly before: unknown;
  /** What the configuration says; {@link UNKNOWN} where it is known after apply. */
  readonly after: unknown;
  readonly reason: string;
}

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
  // An update that shows no difference is none of the accepted ones either: it must not go unseen.
  const seen = actions.join(", ") === "update" && attributes.length > 0;
  const whole = seen ? [] : [{ attribute: "", before: actions, after: "" }];
  return [...whole, ...attributes].map((drift) => ({ address, ...drift }));
}

/** Compares leaf by leaf. Items of a list are compared by index, so that what was added or lost at its end stands alone. */
function differing(
  before: unknown,
  after: unknown,
  unknown: unknown,
  at: readonly string[],
): Omit<Drift, "address">[] {
  if (!isBranch(before) || !isBranch(after) || unknown === true) {
    const [was, willBe] = [before ?? null, mask(after, unknown, UNKNOWN) ?? null];
    return same(was, willBe) ? [] : [{ attribute: at.join("."), before: was, after: willBe }];
  }
  const marks = isBranch(unknown) ? unknown : {};
  const names = [before, after, marks].flatMap((branch) => Object.keys(branch));
  return [...new Set(names)].flatMap((name) =>
    differing(before[name], after[name], marks[name], [...at, name]),
  );
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
