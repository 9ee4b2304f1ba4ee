import type { Partner, PartnerStep } from "./partner-schema";

/** A fault at a setting of the user. */
export interface Fault {
  readonly path: readonly (string | number)[];
  /** Continues the path: `must be ...`. */
  readonly message: string;
  /** What is allowed or what to do; stands after what was given. */
  readonly hint?: string;
  /** The value says nothing, or is large, or secret. */
  readonly hideValue?: boolean;
}

/** Every step of a partner with the setting that it stands in. */
export function stepsOf(partner: Partner): {
  readonly chain: "steps" | "discovery";
  readonly name: string;
  readonly step: PartnerStep;
}[] {
  return (["steps", "discovery"] as const).flatMap((chain) =>
    Object.entries<PartnerStep>(partner[chain]).map(([name, step]) => ({ chain, name, step })),
  );
}

/** Names as they stand in a message. */
export const quoted = (names: readonly string[]): string =>
  names.length === 0 ? "none" : names.map((name) => JSON.stringify(name)).join(", ");
