import { ConfigError } from "../../modules/core";

/** What a plan does to a resource. Several together mean replacement. */
export type PlanAction = "no-op" | "create" | "read" | "update" | "delete" | "forget";

/** Values of a resource; the shape belongs to the provider. */
export type Values = Readonly<Record<string, unknown>>;

/** Change of one resource. Masks (`*_unknown`, `*_sensitive`) are sparse mirrors of the value with `true` at the leaves. */
export interface PlanChange {
  readonly actions: readonly PlanAction[];
  readonly before: Values | null;
  readonly after: Values | null;
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: readonly (readonly (string | number)[])[];
  readonly importing?: { readonly id?: string };
}

/** A resource in a plan. */
export interface ResourceChange {
  readonly address: string;
  readonly previous_address?: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly change: PlanChange;
  readonly action_reason?: string;
}

/** A resource of the configuration: which attributes are set, constant or by reference. */
export interface ConfiguredResource {
  readonly address: string;
  readonly type: string;
  readonly expressions?: Readonly<Record<string, unknown>>;
}

/**
 * The part of `terraform show -json <plan>` that is read here. Holds secrets in clear: never print it, see `maskedPlan`.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */
export interface PlanJson {
  readonly format_version: string;
  readonly terraform_version?: string;
  readonly errored?: boolean;
  readonly resource_changes?: readonly ResourceChange[];
  /** What changed outside of Terraform since the last apply. */
  readonly resource_drift?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, PlanChange>>;
  readonly configuration?: {
    readonly root_module?: { readonly resources?: readonly ConfiguredResource[] };
  };
}

/** Reads a plan; an unknown major version of the format is an error, unknown keys are not. */
export function parsePlan(text: string): PlanJson {
  const plan = JSON.parse(text) as PlanJson;
  if (!/^[01]\./u.test(plan.format_version))
    throw new ConfigError(
      `the plan's format must be of version 1, got ${JSON.stringify(plan.format_version)}; use a Terraform that this release knows`,
    );
  return plan;
}
