import type { PlanChange, PlanJson, ResourceChange, Values } from "./plan-json";

/** Stands for a value that is not to be shown. */
export const SENSITIVE = "(sensitive value)";

/** Stands for a value that is only known after apply. */
export const UNKNOWN = "(known after apply)";

/** A change whose values may be shown. */
export interface MaskedChange extends Omit<ResourceChange, "change"> {
  readonly change: Pick<PlanChange, "actions" | "replace_paths"> & {
    readonly before: unknown;
    readonly after: unknown;
  };
}

/**
 * The resource changes of a plan with sensitive values left out. The plan's other parts (variables, prior state, configuration)
 * repeat values without masks and are not passed on at all.
 */
export function maskedChanges(plan: PlanJson): readonly MaskedChange[] {
  return (plan.resource_changes ?? []).map(maskedChange);
}

/** One resource change with sensitive values left out. */
export function maskedChange(resource: ResourceChange): MaskedChange {
  const { change, ...rest } = resource;
  const { actions, replace_paths: paths } = change;
  return {
    ...rest,
    change: {
      actions,
      ...(paths === undefined ? {} : { replace_paths: paths }),
      before: mask(change.before, change.before_sensitive, SENSITIVE),
      // Sensitivity last: what is both unknown and sensitive is told as sensitive.
      after: mask(
        mask(change.after, change.after_unknown, UNKNOWN),
        change.after_sensitive,
        SENSITIVE,
      ),
    },
  };
}

/** Puts `text` wherever the mask, a sparse mirror of the value, says `true`. */
export function mask(value: unknown, marks: unknown, text: string): unknown {
  if (marks === true) return text;
  if (typeof marks !== "object" || marks === null) return value;
  if (Array.isArray(marks)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    if (items.length === 0 && marks.length === 0) return value;
    const length = Math.max(items.length, marks.length);
    return Array.from({ length }, (_, index) => mask(items[index], marks[index], text));
  }
  const fields: Values = typeof value === "object" && value !== null ? (value as Values) : {};
  const names = [...new Set([...Object.keys(fields), ...Object.keys(marks)])];
  const masked = names.map(
    (name) => [name, mask(fields[name], (marks as Values)[name], text)] as const,
  );
  const kept = masked.filter(([, item]) => item !== undefined);
  // An empty mask over null must not turn it into an object.
  return kept.length === 0 ? value : Object.fromEntries(kept);
}
