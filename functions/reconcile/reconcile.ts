import type { Announcement, PartnerSpec } from "../../modules/contract";
import { reasonOf } from "../runs-core/errors";
import { isPaused } from "../runs-core/paused";
import type { PlatformInvocation } from "../runs-core/platform";
import { deployedSpec } from "./deployed-spec";
import { faultMetric } from "./fault-metric";
import { openIn } from "./open-runs";
import { reconcileRun, type RunOutcome } from "./reconcile-run";

/** Looks whether what a partner promised is there, and answers what has to be told. */
export type ExpectationCheck = (
  inv: PlatformInvocation,
  partnerSpec: PartnerSpec,
  now: number,
) => Promise<readonly Announcement[]>;

/** What one pass did. */
export interface Reconciled {
  readonly partners: number;
  /** Runs that were looked at. */
  readonly runs: number;
  /** How many runs ended up how. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What could not be done; the next pass tries again. */
  readonly faults: readonly string[];
  /** True when the time was over before everything was looked at. */
  readonly unfinished: boolean;
}

/** How long the pass may spend on one partner at a time, so that none keeps the others waiting. */
const SLICE_MS = 10_000;

/**
 * Makes one pass over all partners. Partners take turns, and each pass begins with another one; a fault of one run or
 * one partner does not end the pass. What there is no time for is done by the next pass.
 */
export async function reconcile(
  inv: PlatformInvocation,
  partners: readonly string[],
  checks: readonly ExpectationCheck[],
): Promise<Reconciled> {
  const outcomes: Record<string, number> = {};
  const faults: string[] = [];
  let runs = 0;
  let unfinished = false;
  const fault = (what: string, thrown: unknown): void => {
    faults.push(`${what}: ${reasonOf(thrown)}`);
    inv.log.error("not reconciled", { what, reason: reasonOf(thrown) });
  };
  for (const partner of rotated(partners, inv.clock.now())) {
    if (inv.clock.now() >= inv.deadline) {
      unfinished = true;
      break;
    }
    const until = Math.min(inv.deadline, inv.clock.now() + SLICE_MS);
    try {
      const open = await openIn(inv, partner);
      // Who is paused starts nothing; what is under way is looked after as ever.
      const paused = await isPaused(inv, partner);
      for (const { run, start } of rotatedRuns(open.runs, inv.clock.now())) {
        if (inv.clock.now() >= until) {
          unfinished = true;
          break;
        }
        try {
          const outcome: RunOutcome = await reconcileRun(inv, run, start && !paused);
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
          runs += 1;
        } catch (thrown) {
          fault(`${partner} ${run.orderKey} ${String(run.attempt)}`, thrown);
        }
      }
      await expectations(inv, partner, checks);
    } catch (thrown) {
      fault(partner, thrown);
    }
  }
  const done = { partners: partners.length, runs, outcomes, faults, unfinished };
  inv.log.info("reconciled", {
    ...done,
    ...faultMetric(inv.environment, faults.length, inv.clock.now()),
  });
  return done;
}

async function expectations(
  inv: PlatformInvocation,
  partner: string,
  checks: readonly ExpectationCheck[],
): Promise<void> {
  if (checks.length === 0) return;
  const spec = await deployedSpec(inv, partner);
  if (spec === undefined) return;
  for (const check of checks) {
    const announcements: readonly Announcement[] = await check(inv, spec, inv.clock.now());
    for (const announcement of announcements) await inv.announce(announcement);
  }
}

/** Minutes between two passes, as the schedule has it. */
const PASS_MS = 5 * 60_000;

function rotated<T>(items: readonly T[], now: number): T[] {
  const at = items.length === 0 ? 0 : Math.floor(now / PASS_MS) % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

/** Runs that wait keep their order; the others take turns, so that a run that always fails does not starve the rest. */
function rotatedRuns<T extends { readonly start: boolean }>(runs: readonly T[], now: number): T[] {
  return rotated(runs, now);
}
