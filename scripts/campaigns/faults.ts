import { startS3, type FaultPlan, type FaultRule } from "../../local/s3";
import { Campaign, CampaignRun } from "./campaign-run";
import { faultsOf, wrongBytesOf } from "./look";
import { makeOrder, seeded } from "./order";
import type { Work } from "./work";

/** Attempts that Batch makes of a step that ended as one that a retry may mend. */
const ATTEMPTS = 5;
const RETRIED: ReadonlySet<string> = new Set(["interrupted", "transient"]);

/** Every way in which the local S3 can go wrong, of those that S3 itself shows. */
const FAULTS: readonly (readonly [string, FaultRule])[] = [
  ["503 SlowDown", { fault: { kind: "error", code: "SlowDown" } }],
  ["500 InternalError", { fault: { kind: "error", code: "InternalError" } }],
  [
    "409 on a conditional write",
    {
      fault: { kind: "error", code: "ConditionalRequestConflict" },
      operation: ["PutObject", "CompleteMultipartUpload"],
    },
  ],
  [
    "200 with an error at completion",
    {
      fault: { kind: "error-in-200", code: "InternalError" },
      operation: "CompleteMultipartUpload",
    },
  ],
  ["reset before the work", { fault: { kind: "reset", at: "start" } }],
  ["reset in the middle of a body", { fault: { kind: "reset", at: "body" } }],
  ["answer lost after success", { fault: { kind: "reset", at: "answer" } }],
  ["stall of a second", { fault: { kind: "stall", at: "start", milliseconds: 1000 } }],
  ["stall in the middle of a body", { fault: { kind: "stall", at: "body", milliseconds: 1000 } }],
  ["slow answers", { fault: { kind: "latency", milliseconds: 60 } }],
  ["wrong byte in what is read", { fault: { kind: "corrupt" }, operation: "GetObject" }],
  ["reads that end too soon", { fault: { kind: "truncate" }, operation: "GetObject" }],
  [
    "403 on one file",
    { fault: { kind: "error", code: "AccessDenied" }, operation: "PutObject", key: "*texts/1.txt" },
  ],
];

/** What one kind of fault led to. */
export interface FaultRow {
  readonly fault: string;
  readonly delivered: number;
  readonly failed: readonly string[];
  readonly attempts: number;
  readonly hit: number;
  /** Wrong bytes, and whatever else should not be after an order was delivered. */
  readonly wrong: readonly string[];
  /** Failures whose reason names neither a file nor an object. */
  readonly nameless: readonly string[];
}

/** The kinds of work that take turns. What ends in quarantine asks S3 nothing that publishing does not. */
const TURNS: readonly Work[] = ["deliver", "unpack"];

/**
 * Runs orders under each fault alone, and under all of them mixed. Half of them are fetched and published, half of
 * them are archives that are unpacked.
 *
 * @param only - names of faults; all where it is missing
 */
export async function faultCampaign(
  orders: number,
  seed: number,
  tell: (line: string) => void,
  only?: readonly string[],
): Promise<readonly FaultRow[]> {
  const campaign = new Campaign();
  const chance = (rule: FaultRule, probability: number): FaultRule =>
    rule.key === undefined ? { ...rule, probability } : rule;
  // What is asked seldom is hit more often, or it would not be hit at all.
  const alone = (rule: FaultRule): FaultRule =>
    chance(rule, rule.operation === undefined ? 0.15 : 0.5);
  // A refusal is permanent: in the mixture it would end every order at its first step.
  const mixed = FAULTS.filter(([, { key }]) => key === undefined);
  const plans: (readonly [string, FaultPlan])[] = [
    ...FAULTS.map(([name, rule]) => [name, { seed, rules: [alone(rule)] }] as const),
    [
      "all of these mixed, 5 % of requests",
      { seed, rules: mixed.map(([, rule]) => chance(rule, 0.05 / mixed.length)) },
    ],
  ];
  const rows: FaultRow[] = [];
  try {
    for (const [index, [name, plan]] of plans.entries()) {
      if (only?.includes(name) === false) continue;
      // The mixture is what happens: most of the orders are spent on it.
      const count = index === plans.length - 1 ? orders * 5 : orders;
      const row = await underFault(campaign, name, plan, count, seed + index);
      rows.push(row);
      tell(
        `${name}: ${String(row.delivered)} of ${String(count)} delivered, ` +
          `${String(row.hit)} requests hit, ${String(row.wrong.length)} wrong`,
      );
      for (const line of [...row.wrong, ...row.nameless]) tell(`  ${line}`);
    }
  } finally {
    campaign.remove();
  }
  return rows;
}

async function underFault(
  campaign: Campaign,
  fault: string,
  plan: FaultPlan,
  count: number,
  seed: number,
): Promise<FaultRow> {
  const random = seeded(seed);
  const wrong: string[] = [];
  const failed: string[] = [];
  const nameless: string[] = [];
  let [delivered, attempts, hit] = [0, 0, 0];
  for (let number = 1; number <= count; number += 1) {
    const s3 = await startS3({
      buckets: [{ name: "landing", versioned: true }, { name: "ledger" }, { name: "drops" }],
      region: "eu-west-1",
    });
    const work = TURNS[number % TURNS.length] ?? "deliver";
    const run = new CampaignRun(campaign, s3, number, makeOrder(random), work);
    try {
      await run.prepare();
      s3.setFaults({ ...plan, seed: seed * 1000 + number });
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const end = await run.start().ended;
        attempts += 1;
        if (end.outcome === "ok") {
          delivered += 1;
          s3.setFaults({ rules: [] });
          wrong.push(...(await faultsOf(run)));
          break;
        }
        if (end.outcome !== undefined && RETRIED.has(end.outcome) && attempt < ATTEMPTS) continue;
        const reason = `${String(end.outcome)}: ${end.lastLine}`;
        failed.push(reason);
        if (!namesFile(run, reason)) nameless.push(reason);
        wrong.push(...(await wrongBytesOf(run)));
        break;
      }
      hit += s3.requests.filter((request) => request.fault !== undefined).length;
    } finally {
      await s3.close();
      run.remove();
    }
  }
  return { fault, delivered, failed, attempts, hit, wrong, nameless };
}

/** Whether a reason tells which file or object could not be read or written. */
function namesFile({ files, ref }: CampaignRun, reason: string): boolean {
  const names = [...files.map(({ path }) => path), "checksums.md5", "result.zip", ref.orderKey];
  return names.some((name) => reason.includes(name));
}
