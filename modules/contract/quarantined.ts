import type { StepReport } from "./step-report";

/** What a step counts that has put a delivery into quarantine: its files. */
export const QUARANTINED_COUNT = "quarantined";

/**
 * Whether what a step refused is in quarantine: only a step that publishes puts it there, and where settings let it. Where
 * the report is lost it may be.
 */
export function mayBeQuarantined(reports: readonly Pick<StepReport, "counts">[]): boolean {
  const last = reports.at(-1);
  return last === undefined || last.counts[QUARANTINED_COUNT] !== undefined;
}
