import type { ClaimRecord, StepSpec } from "../../modules/contract";

/** Into how many parts the work of a step of a run is cut; `undefined` for a step that never is an array. */
export function arraySizeOf(
  claim: Pick<ClaimRecord, "arraySizes">,
  { name, arraySize, arrayFiles }: Pick<StepSpec, "name" | "arraySize" | "arrayFiles">,
): number | undefined {
  return claim.arraySizes?.[name] ?? arraySize ?? (arrayFiles === undefined ? undefined : 1);
}
