import type { Cause } from "../../modules/batch-reasons";
import {
  dayKey,
  inEnvironment,
  quarantineListCommand,
  rerunCommand,
  showCommand,
  type Announcement,
  type AnnouncementKind,
  type ClaimRecord,
} from "../../modules/contract";
import type { GenerationState } from "../../modules/ledger";
import { claimedDay } from "./claims";
import { isRecord } from "./json";
import type { PlatformInvocation } from "./platform";

/** What is known of a run when something is told of it. */
export interface Told {
  readonly cause?: Cause | undefined;
  readonly step?: string | undefined;
  readonly generation?: GenerationState | undefined;
  readonly elapsedSeconds?: number | undefined;
  readonly counts?: Readonly<Record<string, number>> | undefined;
  /** In place of what follows from run and kind: what is told once for several. */
  readonly id?: string | undefined;
}

const SEVERITIES: Readonly<Record<AnnouncementKind, Announcement["severity"]>> = {
  started: "info",
  delivered: "info",
  recovered: "info",
  retrying: "warn",
  unusual: "warn",
  blocked: "warn",
  late: "warn",
  failed: "error",
};

/** Builds what is told of a run. Equal facts give an equal id, so that nothing is told twice. */
export function announcementOf(
  inv: Pick<PlatformInvocation, "clock" | "environment" | "region" | "commandOptions">,
  kind: AnnouncementKind,
  claim: ClaimRecord,
  told: Told = {},
): Announcement {
  const { partner, orderKey, orderId, attempt, specDigest } = claim;
  const { cause, step, generation, elapsedSeconds, counts } = told;
  return {
    schemaVersion: 1,
    id: told.id ?? `${orderKey}.${String(attempt)}.${kind}`,
    kind,
    severity: SEVERITIES[kind],
    partner,
    environment: inv.environment,
    orderId,
    orderKey,
    attempt,
    specDigest,
    at: new Date(inv.clock.now()).toISOString(),
    ...(step === undefined ? {} : { step }),
    ...(cause === undefined
      ? {}
      : {
          cause: { class: cause.class, code: cause.code, text: cause.text, cure: cause.cure },
          nextCommand: nextCommand(
            kind,
            claim,
            step,
            cause,
            inv.commandOptions ?? inEnvironment(inv.environment),
          ),
        }),
    ...(elapsedSeconds === undefined ? {} : { elapsedSeconds }),
    ...(counts === undefined || Object.keys(counts).length === 0 ? {} : { counts }),
    ...(generation?.job === undefined
      ? {}
      : { links: [jobLink(inv.region, generation.job.jobId)] }),
  };
}

/** What a person types next. A delivery that does not hold would not hold again: its faults are looked at first. */
function nextCommand(
  kind: AnnouncementKind,
  claim: ClaimRecord,
  step: string | undefined,
  { code }: Cause,
  where: string,
): string {
  if (kind !== "failed") return showCommand(claim, where);
  return code === "bad-delivery"
    ? quarantineListCommand(claim.partner, where)
    : rerunCommand(claim, step, where);
}

const jobLink = (region: string, jobId: string): { label: string; url: string } => ({
  label: "job",
  url: `https://${region}.console.aws.amazon.com/batch/home?region=${region}#jobs/detail/${encodeURIComponent(jobId)}`,
});

/** Reads what was delivered: the worker writes it into the index of the run's day with the manifest. */
export async function countsOf(
  { ledger }: Pick<PlatformInvocation, "ledger">,
  claim: ClaimRecord,
): Promise<Record<string, number>> {
  const stored = await ledger.find(dayKey(claimedDay(claim), claim, "delivered"));
  const fact: unknown = stored === undefined ? undefined : JSON.parse(stored.body);
  if (!isRecord(fact)) return {};
  return Object.fromEntries(
    ["files", "bytes"].flatMap((name) => {
      const count = fact[name];
      return typeof count === "number" ? [[name, count]] : [];
    }),
  );
}
