import type { Partner, PartnerStep, StepCompute } from "../config";

/** A step of a partner with the setting that it stands in. */
export interface StepEntry {
  readonly chain: "steps" | "discovery";
  readonly name: string;
  readonly path: readonly string[];
  readonly settings: PartnerStep;
  /** The partner's compute settings with the step's own put over them. */
  readonly compute: StepCompute;
}

/** Every step of a partner. */
export function stepEntries(partner: Partner): StepEntry[] {
  return (["steps", "discovery"] as const).flatMap((chain) =>
    Object.entries<PartnerStep>(partner[chain]).map(([name, settings]) => ({
      chain,
      name,
      path: [chain, name],
      settings,
      compute: computeOf(partner, settings),
    })),
  );
}

/** Compute settings of a step: its own, and the partner's where it has none. */
export function computeOf(partner: Partner, { compute = {} }: PartnerStep): StepCompute {
  return {
    pool: compute.pool ?? partner.compute.pool,
    vcpus: compute.vcpus ?? partner.compute.vcpus,
    memoryMib: compute.memoryMib ?? partner.compute.memoryMib,
    priority: compute.priority ?? partner.compute.priority,
  };
}
