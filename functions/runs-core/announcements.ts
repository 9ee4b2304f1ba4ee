import { whenGivenUp, type Cause } from "../../modules/batch-reasons";
import {
  dayKey,
  inEnvironment,
  logsCommand,
  mayBeQuarantined,
  quarantineListCommand,
  rerunCommand,
  showCommand,
  type Announcement,
  type AnnouncementKind,
  type ClaimRecord,
} from "../../modules/contract";
import type { GenerationState } from "../../modules/ledger";
import { claimedDay } from "./claims";
import { consoleLinks } from "./console-links";
import { isRecord } from "./json";
import type { PlatformInvocation } from "./platform";

/** What is known of a run when something is told of it. */
export interface Told {
  readonly cause?: Cause | undefined;
  readonly step?: string | undefined;
  readonly generation?: GenerationState | undefined;
  readonly elapsedSeconds?: number | undefined;
  readonly counts?: Readonly<Record<string, number>> | undefined;
  /** The later attempt by which a person does the order again, where one has asked for it before this is told. */
  readonly rerun?: { readonly attempt: number; readonly claimed: boolean } | undefined;
  /** In place of what follows from run and kind: what is told once for several. */
  readonly id?: string | undefined;
}

const SEVERITIES: Readonly<Record<AnnouncementKind, Announcement["severity"]>> = {
  started: "info",
  delivered: "info",
  recovered: "info",
  rejected: "info",
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
  const { step, generation, elapsedSeconds, counts, rerun } = told;
  const links =
    generation === undefined || inv.commandOptions !== undefined
      ? []
      : consoleLinks(inv.region, generation);
  const where = inv.commandOptions ?? inEnvironment(inv.environment);
  const cause = rerun === undefined ? untaken(kind, told.cause) : takenOver(told.cause, rerun);
  return {
    schemaVersion: 1,
    id: told.id ?? `${orderKey}.${String(attempt)}.${kind}`,
    kind,
    // Somebody is at it: nobody has to be woken.
    severity: rerun?.claimed === true ? "warn" : SEVERITIES[kind],
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
            kind === "failed" && rerun === undefined,
            claim,
            step,
            cause,
            where,
            mayBeQuarantined(generation?.reports ?? []),
          ),
          ...(step === undefined ? {} : { logsCommand: logsCommand(claim, step, where) }),
        }),
    ...(elapsedSeconds === undefined ? {} : { elapsedSeconds }),
    ...(counts === undefined || Object.keys(counts).length === 0 ? {} : { counts }),
    // Where commands go elsewhere than to the environment in AWS, its console knows nothing of the job.
    ...(links.length === 0 ? {} : { links }),
  };
}

/** Of a failure that nobody has taken over: that nothing more comes by itself. */
const untaken = (kind: AnnouncementKind, cause: Cause | undefined): Cause | undefined =>
  kind === "failed" && cause !== undefined ? whenGivenUp(cause) : cause;

/** Of a failure that a person has taken over before it was told: that nobody else has to. */
function takenOver(
  cause: Cause | undefined,
  { attempt, claimed }: NonNullable<Told["rerun"]>,
): Cause | undefined {
  if (cause === undefined) return undefined;
  const again = `a person does the order again as attempt ${String(attempt)}`;
  return claimed
    ? {
        ...cause,
        text: `${cause.text}; ${again}`,
        cure: "nothing here; how that attempt ends is told, too",
      }
    : {
        ...cause,
        text: `${cause.text}; a person has asked for a re-run that has not begun`,
        cure: `look whether attempt ${String(attempt)} is there; if not, run the order again`,
      };
}

/** What a person types next. A delivery that does not hold would not hold again: its faults are looked at first. */
function nextCommand(
  again: boolean,
  claim: ClaimRecord,
  step: string | undefined,
  { code }: Cause,
  where: string,
  quarantined: boolean,
): string {
  if (!again) return showCommand(claim, where);
  const bad = code === "bad-delivery";
  if (bad && quarantined) return quarantineListCommand(claim.partner, where);
  // Both are delivered anew from the beginning: what is staged would not hold again, and a verification staged nothing.
  return rerunCommand(claim, bad || claim.verifies !== undefined ? undefined : step, where);
}

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
