import type { UnpackEvent } from "../../modules/contract";

/** What became of asking a function to do a step. */
export type AskOutcome =
  /** Lambda took the event; it is done once, perhaps twice, within the age that events may have. */
  | { readonly kind: "accepted" }
  /** Lambda did not take the event. */
  | { readonly kind: "refused"; readonly reason: string }
  /** No answer, or one that does not tell: the function may be at work. */
  | { readonly kind: "unknown"; readonly reason: string };

/** The functions of a partner that do steps in the place of jobs. */
export interface StepFunctions {
  /** Asks once, and does not wait for the work. Does not throw. */
  ask(arn: string, event: UnpackEvent): Promise<AskOutcome>;
}
