import type { Known } from "../calls";

/** Which kind of question a claim answers. */
export type ClaimKind =
  "liveness" | "closed world" | "form" | "trust" | "separation" | "escalation";

/** Something that is said about the permissions of an environment, and whether it was found so. */
export interface Claim {
  /** Stable: `<environment>/<kind>/<what>`. */
  readonly id: string;
  readonly environment: string;
  readonly kind: ClaimKind;
  /** For people. */
  readonly say: string;
  /** How it is known: evaluated, or seen in a run, or checked in an account. */
  readonly known: Known | "live";
  /** How many questions were asked for it. */
  readonly checked: number;
  /** What speaks against it; none if the claim holds. */
  readonly faults: readonly string[];
}

/** Whether nothing speaks against a claim. A claim that asked nothing says nothing. */
export const holds = ({ faults, checked }: Claim): boolean => faults.length === 0 && checked > 0;
