import { specJson } from "../contract";
import { type FunctionPackage, packFunction } from "../lambda";
import { partnerSpec } from "./partner-spec";
import type { ResolvedPartner } from "./resolved-partner";
import { lambdaStep } from "./unpack-function";

/** The packages of a partner's functions. */
export interface PartnerFunctions {
  readonly trigger: FunctionPackage;
  /** Missing where the partner asks for none. */
  readonly unpack?: FunctionPackage | undefined;
}

/** Packs all functions of a partner. */
export async function packFunctions(resolved: ResolvedPartner): Promise<PartnerFunctions> {
  return {
    trigger: await packTrigger(resolved),
    ...(lambdaStep(resolved) === undefined ? {} : { unpack: await packFunction("unpack") }),
  };
}

/** Packs the trigger of a partner: the function's code, and the partner's spec beside it. */
export function packTrigger(resolved: ResolvedPartner): Promise<FunctionPackage> {
  return packFunction("trigger", { "spec.json": specJson(partnerSpec(resolved)) });
}
