import type { PlanJson, ResourceChange } from "./plan-json";

/** What becomes of a resource. */
export type Outcome =
  "create" | "update" | "replace" | "delete" | "forget" | "import" | "move" | "read" | "no-op";

/** A resource that is made anew, and which settings force it. */
export interface Replacement {
  readonly address: string;
  /** Attributes that can not be changed in place, e.g. `compute_resources.0.type`. */
  readonly because: readonly string[];
}

/** A plan in short: sorted addresses by what becomes of them. */
export interface PlanSummary {
  readonly create: readonly string[];
  readonly update: readonly string[];
  readonly replace: readonly Replacement[];
  readonly delete: readonly string[];
  /** Left in place, no longer in the state. */
  readonly forget: readonly string[];
  readonly import: readonly string[];
  readonly move: readonly { readonly from: string; readonly to: string }[];
  readonly read: readonly string[];
  readonly noOp: readonly string[];
  /** Changed outside of Terraform. */
  readonly drift: readonly string[];
  readonly outputs: readonly string[];
}

/** Sorts a plan's resources by what becomes of them. */
export function summarize(plan: PlanJson): PlanSummary {
  const changes = [...(plan.resource_changes ?? [])].sort((a, b) =>
    a.address < b.address ? -1 : 1,
  );
  const of = (outcome: Outcome): readonly ResourceChange[] =>
    changes.filter((change) => outcomeOf(change) === outcome);
  const addresses = (outcome: Outcome): string[] => of(outcome).map(({ address }) => address);
  return {
    create: addresses("create"),
    update: addresses("update"),
    replace: of("replace").map(replacement),
    delete: addresses("delete"),
    forget: addresses("forget"),
    import: addresses("import"),
    move: of("move").map((change) => ({
      from: change.previous_address ?? change.address,
      to: change.address,
    })),
    read: addresses("read"),
    noOp: addresses("no-op"),
    drift: (plan.resource_drift ?? []).map(({ address }) => address).sort(),
    outputs: Object.entries(plan.output_changes ?? {})
      .filter(([, change]) => change.actions.some((action) => action !== "no-op"))
      .map(([name]) => name)
      .sort(),
  };
}

/** What becomes of a resource: whatever deletes without `create` beside it destroys. */
export function outcomeOf(resource: ResourceChange): Outcome {
  const { actions, importing } = resource.change;
  const has = (action: (typeof actions)[number]): boolean => actions.includes(action);
  if (has("create") && has("delete")) return "replace";
  if (has("delete")) return "delete";
  if (has("forget")) return "forget";
  if (importing !== undefined) return "import";
  if (has("create")) return "create";
  if (has("update")) return "update";
  if (has("read")) return "read";
  const moved = resource.previous_address;
  return moved !== undefined && moved !== resource.address ? "move" : "no-op";
}

/** True when applying the plan would change a resource. */
export function changesResources(summary: PlanSummary): boolean {
  const { create, update, replace, delete: deleted, forget, import: imported, move } = summary;
  return [create, update, replace, deleted, forget, imported, move].some(
    ({ length }) => length > 0,
  );
}

function replacement(resource: ResourceChange): Replacement {
  const paths = (resource.change.replace_paths ?? []).map((path) => path.join("."));
  return { address: resource.address, because: [...new Set(paths)].sort() };
}
