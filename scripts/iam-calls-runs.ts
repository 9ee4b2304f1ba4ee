import { writeFileSync } from "node:fs";
import path from "node:path";
import type { LabelFault } from "../images/teleport/stand-in/label-server";
import type { Mishaps } from "../local/try";

/** A run that is recorded, and what goes wrong around it. */
export interface RecordedRun {
  readonly partner: string;
  readonly trigger?: "manual" | "s3" | "schedule";
  readonly order?: string;
  readonly duplicate?: number;
  readonly fresh?: boolean;
  readonly mishaps?: Mishaps;
  /** What the label's server does wrong. */
  readonly faults?: readonly LabelFault[];
  /** Nobody hears what Batch tells of jobs. */
  readonly loseJobEvents?: boolean;
  /** Lambda takes nothing for a function that does a step. */
  readonly refuseFunction?: boolean;
  /** Batch takes no jobs from the trigger. */
  readonly refuseTrigger?: boolean;
  /** How far the reconciler's clock is ahead: leases and the waiting between attempts are over. */
  readonly reconcileAfterMinutes?: number;
}

const label = "universal-music";

/** Runs that together make as many different calls as can be made here. */
export const RUNS: readonly RecordedRun[] = [
  { partner: label, trigger: "manual" },
  // The same order once more: it is known.
  { partner: label, trigger: "manual" },
  { partner: label, trigger: "schedule" },
  { partner: label, trigger: "s3", order: "TEST-ORDER-2", duplicate: 3 },
  { partner: label, fresh: true, mishaps: { interrupt: true } },
  { partner: label, fresh: true, mishaps: { fail: "publish" } },
  { partner: label, fresh: true, loseJobEvents: true, reconcileAfterMinutes: 90 },
  { partner: label, fresh: true, refuseTrigger: true, reconcileAfterMinutes: 20 },
  // The later attempt that was planned fails as well; the one after it comes later than this.
  { partner: label, fresh: true, faults: [{ kind: "unavailable" }], reconcileAfterMinutes: 40 },
  { partner: "one-job" },
  { partner: "strict" },
  { partner: "ai-results" },
  { partner: "ai-results", order: "user-4712" },
  // What the function does not do, Batch does.
  { partner: "ai-results", order: "user-4713", refuseFunction: true },
  { partner: "photo-archive" },
  { partner: "afterwards", order: "TEST-ORDER-1" },
  { partner: "shared-out" },
  { partner: "shared-out", fresh: true, mishaps: { interrupt: true } },
  { partner: "shared-out", fresh: true, refuseTrigger: true, reconcileAfterMinutes: 20 },
];

/** Variables that set the clock of a function forward. */
export function laterBy(minutes: number, directory: string): Readonly<Record<string, string>> {
  const file = path.join(directory, `later-by-${String(minutes)}.cjs`);
  writeFileSync(
    file,
    `const Real = Date, now = () => Real.now() + ${String(minutes * 60_000)};
     globalThis.Date = class extends Real { constructor(...a) { if (a.length === 0) super(now()); else super(...a); } static now() { return now(); } };`,
  );
  return { NODE_OPTIONS: `--require ${file}` };
}
