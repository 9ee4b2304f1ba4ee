import { type Partner, settingPath, type StepCompute } from "../config";
import type { StepEntry } from "./step-entries";

/** The setting that gave a step its compute value: the step's own, or the partner's. */
export function computePath(
  partner: Partner,
  { path, settings }: StepEntry,
  key: keyof StepCompute,
): string {
  const own = settings.compute?.[key] !== undefined;
  return settingPath(`partners/${partner.id}`, [...(own ? path : []), "compute", key]);
}
