import { randomBytes } from "node:crypto";
import { claimKey, pauseKey, type PauseRecord, type PauseWord } from "../../modules/contract";
import { ConfigError } from "../../modules/core/errors";
import {
  dayOf,
  daysBetween,
  foldRun,
  pauseState,
  readRun,
  runsOfDays,
  type RunState,
} from "../../modules/ledger";
import { type PartnerCloud } from "./cloud";
import { writeOnce } from "./write-fact";

/** As many days back as the reconciler looks for runs that are not over. */
const OPEN_DAYS = 14;
const DAY_MS = 24 * 3600 * 1000;

/** Reads what a person said last about a partner as a whole; `undefined` where it is not paused. */
export async function pauseOf(cloud: PartnerCloud): Promise<PauseRecord | undefined> {
  const state = await pauseState(cloud.ledger, cloud.partner);
  if (state?.word !== "paused") return undefined;
  const body = await cloud.ledger.get(state.key);
  return body === undefined ? undefined : (JSON.parse(body) as PauseRecord);
}

/** A line about a partner that is paused. */
export const pauseText = ({ partner, at, by, reason }: PauseRecord): string =>
  `${partner} is paused since ${at} by ${by}: ${reason}`;

/** Holds a partner's new orders, or lets them go on; refused where that is so already. */
export async function sayPause(
  cloud: PartnerCloud,
  word: PauseWord,
  { reason, by, now = Date.now() }: { reason: string; by: string; now?: number },
): Promise<PauseRecord> {
  const { partner } = cloud;
  const last = await pauseState(cloud.ledger, partner);
  if ((last?.word ?? "resumed") === word) {
    const known = await pauseOf(cloud);
    throw new ConfigError(
      known === undefined
        ? `${partner} is not paused; there is nothing to resume`
        : `${pauseText(known)}; to let it go on: partner-ingest orders resume ${partner}`,
    );
  }
  // The last key counts: a clock that is behind another person's must not put this one before theirs.
  const at = new Date(Math.max(now, Date.parse(last?.at ?? "") + 1 || 0)).toISOString();
  const record: PauseRecord = { schemaVersion: 1, partner, word, by, reason, at };
  const key = pauseKey(partner, at, randomBytes(8).toString("hex"), word);
  await writeOnce(cloud, cloud.ledgerBucket, key, record);
  return record;
}

/** The runs of a partner of which nothing was submitted: what a pause, or a limit, holds back. Oldest first. */
export async function waitingRuns(cloud: PartnerCloud, now = Date.now()): Promise<RunState[]> {
  const days = daysBetween(Date.parse(dayOf(now)) - (OPEN_DAYS - 1) * DAY_MS, now);
  const waiting: RunState[] = [];
  for (const listed of await runsOfDays(cloud.ledger, cloud.partner, days)) {
    const { partner, orderKey, attempt } = listed;
    if (listed.fact !== "claimed" || listed.told) continue;
    const objects = await readRun(cloud.ledger, { partner, orderKey, attempt });
    // Listed and not claimed: its trigger died in between, and the reconciler claims it.
    if (!objects.some(({ key }) => key === claimKey(listed))) continue;
    const state = foldRun(objects);
    if (state.status === "waiting") waiting.push(state);
  }
  return waiting.sort((a, b) => ((a.claim?.claimedAt ?? "") < (b.claim?.claimedAt ?? "") ? -1 : 1));
}
