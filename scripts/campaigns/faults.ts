import { startS3, type FaultPlan, type FaultRule } from "../../local/s3";
import { Campaign, CampaignRun, makeOrder, seeded } from "./campaign-run";

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
  readonly wrong: readonly string[];
}

/**
 * Runs orders under each fault alone, and under all of them mixed.
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
  let [delivered, attempts, hit] = [0, 0, 0];
  for (let number = 1; number <= count; number += 1) {
    const s3 = await startS3({
      buckets: [{ name: "landing", versioned: true }, { name: "ledger" }],
      region: "eu-west-1",
      faults: { ...plan, seed: seed * 1000 + number },
    });
    const run = new CampaignRun(campaign, s3, number, makeOrder(random));
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const end = await run.start().ended;
        attempts += 1;
        if (end.outcome === "ok") {
          delivered += 1;
          s3.setFaults({ rules: [] });
          wrong.push(...(await run.faults()));
          break;
        }
        if (end.outcome !== undefined && RETRIED.has(end.outcome) && attempt < ATTEMPTS) continue;
        failed.push(`${String(end.outcome)}: ${end.lastLine}`);
        wrong.push(...(await run.wrongBytes()));
        break;
      }
      hit += s3.requests.filter((request) => request.fault !== undefined).length;
    } finally {
      await s3.close();
      run.remove();
    }
  }
  return { fault, delivered, failed, attempts, hit, wrong };
}
