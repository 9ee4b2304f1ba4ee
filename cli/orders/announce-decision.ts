import {
  type Announcement,
  type ClaimRecord,
  type QuarantineDecision,
} from "../../modules/contract";
import { type OrdersPlace, type PartnerCloud } from "./cloud";

/** What a person decided about a delivery in quarantine. */
export interface Decided {
  readonly claim: ClaimRecord;
  readonly decision: QuarantineDecision;
  /** Of what was published. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
}

/**
 * Builds what is told of a decision: a release is a delivery like any other, with the id that the platform would give it,
 * so that it is told once.
 */
export function decisionAnnouncement(
  environment: string,
  { claim, decision: { decision, by, reason, decidedAt }, counts }: Decided,
): Announcement {
  const { partner, orderId, orderKey, attempt, specDigest } = claim;
  const kind = decision === "released" ? "delivered" : "rejected";
  return {
    schemaVersion: 1,
    id: `${orderKey}.${String(attempt)}.${kind}`,
    kind,
    severity: "info",
    partner,
    environment,
    orderId,
    orderKey,
    attempt,
    specDigest,
    decision: { by, reason },
    ...(counts === undefined ? {} : { counts }),
    at: decidedAt,
  };
}

/** Puts a decision into the platform's queue of announcements. Tells who decides what becomes of it. */
export async function announceDecision(
  { naming, environment, local }: OrdersPlace,
  { queues }: PartnerCloud,
  decided: Decided,
): Promise<string> {
  if (local) return "no channel is told of it: it is on this machine";
  const announcement = decisionAnnouncement(environment.id, decided);
  await queues.send(
    naming.name("queue", "platform", "announcements"),
    JSON.stringify(announcement),
  );
  return `announced to the channels of ${decided.claim.partner} as ${announcement.kind}`;
}
