import { createHmac } from "node:crypto";
import type { Announcement } from "../../modules/contract";

const WORDS: Readonly<Record<Announcement["kind"], string>> = {
  started: "started",
  delivered: "was delivered",
  failed: "failed",
  retrying: "waits for the partner's server, a new attempt is planned",
  late: "is late",
  unusual: "was delivered, but is not as expected",
  blocked: "waits and can not start",
  recovered: "is in order again",
  rejected: "was rejected by a person, it is not delivered",
};

/** The announcement in one line. */
export function headline(announcement: Announcement): string {
  const { partner, environment, orderId, kind, step } = announcement;
  const order = orderId === undefined ? "an order" : `order ${JSON.stringify(orderId)}`;
  const where = step === undefined ? "" : ` at step ${step}`;
  return `${partner} (${environment}): ${order} ${WORDS[kind]}${where}`;
}

/** The whole announcement as lines of text, for people. */
export function lines(announcement: Announcement): string[] {
  const { cause, nextCommand, logsCommand, decision, elapsedSeconds, counts = {} } = announcement;
  const { links = [], attempt } = announcement;
  return [
    headline(announcement),
    ...(attempt !== undefined && attempt > 1 ? [`Attempt ${String(attempt)}`] : []),
    ...(elapsedSeconds === undefined ? [] : [`Took ${duration(elapsedSeconds)}`]),
    ...Object.entries(counts).map(([name, count]) => `${name}: ${String(count)}`),
    ...(decision === undefined ? [] : [`Decided by ${decision.by}: ${decision.reason}`]),
    ...(cause === undefined
      ? []
      : [`Why: ${cause.text} (${cause.class}, ${cause.code})`, `What to do: ${cause.cure}`]),
    ...(nextCommand === undefined ? [] : [`Next: ${nextCommand}`]),
    ...(logsCommand === undefined ? [] : [`Logs: ${logsCommand}`]),
    ...links.map(({ label, url }) => `${label}: ${url}`),
  ];
}

/** The body for a Slack webhook. Signs that Slack reads as markup are escaped: ids are other people's text. */
export function slackBody(announcement: Announcement): string {
  const text = lines(announcement)
    .join("\n")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
  const icon = { info: ":white_check_mark:", warn: ":warning:", error: ":rotating_light:" };
  return JSON.stringify({ text: `${icon[announcement.severity]} ${text}`, mrkdwn: false });
}

/** The announcement as JSON, with the selected fields alone. */
export function jsonBody(announcement: Announcement, fields?: readonly string[]): string {
  return JSON.stringify(
    fields === undefined
      ? announcement
      : Object.fromEntries(Object.entries(announcement).filter(([name]) => fields.includes(name))),
  );
}

/**
 * Signs a body: HMAC-SHA256 over `<unix seconds>.<body>`, in hex. The receiver computes the same, and refuses times that
 * are too far from its own, so that a body that was listened in on can not be sent again later.
 */
export function signature(secret: string, timestamp: string, body: string): string {
  return createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
}

function duration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = `${String(Math.floor(seconds % 60))} s`;
  if (hours > 0) return `${String(hours)} h ${String(minutes)} min`;
  return minutes > 0 ? `${String(minutes)} min ${rest}` : rest;
}
