import { setTimeout as delay } from "node:timers/promises";
import { startS3, type LocalS3 } from "../../local/s3";
import { Campaign, CampaignRun } from "./campaign-run";
import { faultsOf, prefixOf } from "./look";
import { makeOrder, seeded, type Random } from "./order";
import { GOOD_END, WORKS, type Work } from "./work";

/** Attempts of one run: Batch allows ten. Kills are spent before that. */
const MAX_KILLS = 4;
const MAX_ATTEMPTS = 10;

/** What became of the runs of one kind of work. */
export interface KillCounts {
  runs: number;
  signals: number;
  stagingLost: number;
  /** Attempts that left an upload in parts, to go on with. */
  resumed: number;
}

/** What a kill campaign found. */
export interface KillResult {
  readonly counts: Readonly<Record<Work, KillCounts>>;
  /** How many signals were sent, by signal and moment. */
  readonly kills: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

type Moment = "fetch" | "upload" | "completion" | "manifest" | "any";
const MOMENTS: readonly Moment[] = ["fetch", "upload", "completion", "manifest", "any"];

/**
 * Kills workers at random moments, several times in one run, also with their staging lost, and looks at what they
 * leave when one of them comes to its end.
 */
export async function killCampaign(
  runs: number,
  seed: number,
  tell: (line: string) => void,
): Promise<KillResult> {
  const random = seeded(seed);
  const campaign = new Campaign();
  const none = (): KillCounts => ({ runs: 0, signals: 0, stagingLost: 0, resumed: 0 });
  const counts = { deliver: none(), quarantine: none(), unpack: none() };
  const kills: Record<string, number> = {};
  const faults: string[] = [];
  try {
    for (let number = 1; number <= runs; number += 1) {
      const work = WORKS[(number - 1) % WORKS.length] ?? "deliver";
      counts[work].runs += 1;
      const s3 = await startS3({
        buckets: [{ name: "landing", versioned: true }, { name: "ledger" }, { name: "drops" }],
        region: "eu-west-1",
        // Slows every answer a little, so that there is a moment between any two requests.
        faults: { rules: [{ fault: { kind: "latency", milliseconds: 4 } }] },
      });
      const run = new CampaignRun(campaign, s3, number, makeOrder(random), work);
      try {
        const found = await killed(run, random, counts[work], kills);
        faults.push(...found.map((fault) => `run ${String(number)}, ${work}: ${fault}`));
      } finally {
        await s3.close();
        run.remove();
      }
      if (number % 10 === 0)
        tell(`${String(number)} of ${String(runs)} runs, ${String(faults.length)} faults`);
    }
  } finally {
    campaign.remove();
  }
  return { counts, kills, faults };
}

/** One run, attempt after attempt, until one is let come to its end. Returns what is wrong then. */
async function killed(
  run: CampaignRun,
  random: Random,
  counts: KillCounts,
  kills: Record<string, number>,
): Promise<readonly string[]> {
  const { s3 } = run;
  const faults: string[] = [];
  await run.prepare();
  const planned = Math.floor(random() * (MAX_KILLS + 1));
  for (let attempt = 1; ; attempt += 1) {
    const { child, ended } = run.start();
    if (attempt <= planned) {
      const moment = MOMENTS[Math.floor(random() * MOMENTS.length)] ?? "any";
      const signal = random() < 0.75 ? "SIGKILL" : "SIGTERM";
      const struck = new AbortController();
      void ended.then(() => {
        struck.abort();
      });
      await momentOf(moment, s3, prefixOf(run), random, struck.signal);
      if (child.exitCode === null && child.kill(signal)) {
        counts.signals += 1;
        const name = `${signal} at ${moment}`;
        kills[name] = (kills[name] ?? 0) + 1;
      }
    }
    const end = await ended;
    if (end.outcome === GOOD_END[run.work]) return [...faults, ...(await faultsOf(run))];
    if (end.signal === null && end.outcome !== "interrupted")
      faults.push(`ended as ${String(end.outcome)}: ${end.lastLine}`);
    if (attempt === MAX_ATTEMPTS) return [...faults, "never came to its end"];
    if (run.work !== "unpack" && random() < 0.3) {
      run.loseStaging();
      counts.stagingLost += 1;
    }
    if (s3.uploads("landing").length > 0) counts.resumed += 1;
  }
}

/** Waits until the run has come to a moment, and then for a random while, so that all of it is hit. */
async function momentOf(
  moment: Moment,
  s3: LocalS3,
  prefix: string,
  random: Random,
  ended: AbortSignal,
): Promise<void> {
  const seen = s3.requests.length;
  const came = (): boolean =>
    s3.requests.slice(seen).some(({ operation, key = "" }) => {
      switch (moment) {
        case "fetch":
          return key.includes("/locks/");
        case "upload":
          return operation === "UploadPart";
        case "completion":
          return operation === "CreateMultipartUpload" && key.startsWith(prefix);
        case "manifest":
          return operation === "CompleteMultipartUpload" || /(?:manifest|reason)\.json$/u.test(key);
        case "any":
          return true;
      }
    });
  while (!came() && !ended.aborted) await delay(1);
  const longest = { fetch: 150, upload: 60, completion: 150, manifest: 25, any: 600 }[moment];
  await delay(random() * longest, undefined, { signal: ended }).catch(() => undefined);
}
