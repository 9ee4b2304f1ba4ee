import { specJson } from "../contract";
import { type FunctionPackage, packFunction } from "../lambda";
import { partnerSpec } from "./partner-spec";
import type { ResolvedPartner } from "./resolved-partner";

/** Packs the trigger of a partner: the function's code, and the partner's spec beside it. */
export function packTrigger(resolved: ResolvedPartner): Promise<FunctionPackage> {
  return packFunction("trigger", { "spec.json": specJson(partnerSpec(resolved)) });
}
