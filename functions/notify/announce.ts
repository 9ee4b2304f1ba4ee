import { createHash } from "node:crypto";
import {
  announcedKey,
  type Announcement,
  type ChannelSpec,
  type NotificationsSpec,
  type PartnerSpec,
  specKey,
} from "../../modules/contract";
import type { NotifyPorts } from "./ports";
import { channelsFor, withSeverity } from "./route";
import { tell } from "./tell";

/** What became of an announcement. */
export interface Announced {
  /** Channels that were told now. */
  readonly told: readonly string[];
  /** Channels that could not be told, and why. */
  readonly failed: readonly { readonly channel: string; readonly reason: string }[];
  /** The longest wait that a receiver asked for. */
  readonly retryAfterSeconds: number;
}

/**
 * Tells an announcement to each of its channels that was not told yet. A channel that was told is recorded before
 * anything else happens, so that a retry tells those alone that failed.
 *
 * @param alertsTopicArn - topic of the platform: is told warnings and errors of partners without notification settings, and failed
 * orders that no rule of a partner sends anywhere
 */
export async function announce(
  ports: NotifyPorts,
  alertsTopicArn: string,
  original: Announcement,
): Promise<Announced> {
  const settings = await settingsOf(ports, original);
  const announcement = withSeverity(original, settings);
  const channels = targets(announcement, settings, alertsTopicArn);
  const results = await Promise.all(
    channels.map(async ([name, channel]) => ({
      name,
      result: await tellOnce(ports, name, channel, announcement),
    })),
  );
  return {
    told: results.filter(({ result }) => result === "told").map(({ name }) => name),
    failed: results.flatMap(({ name, result }) =>
      typeof result === "string" ? [] : [{ channel: name, reason: result.reason }],
    ),
    retryAfterSeconds: Math.max(
      0,
      ...results.map(({ result }) =>
        typeof result === "string" ? 0 : (result.retryAfterSeconds ?? 0),
      ),
    ),
  };
}

function targets(
  announcement: Announcement,
  settings: NotificationsSpec | undefined,
  alertsTopicArn: string,
): readonly (readonly [string, ChannelSpec])[] {
  const alerts = ["alerts", { kind: "sns", topicArn: alertsTopicArn }] as const;
  if (settings === undefined) return announcement.severity === "info" ? [] : [alerts];
  const chosen = channelsFor(announcement, settings).flatMap((name) => {
    const channel = settings.channels[name];
    return channel === undefined ? [] : [[name, channel] as const];
  });
  // Rules choose who hears of a failed order, not that nobody does: nothing else tells of it.
  return chosen.length === 0 && announcement.kind === "failed" ? [alerts] : chosen;
}

async function tellOnce(
  ports: NotifyPorts,
  name: string,
  channel: ChannelSpec,
  announcement: Announcement,
): Promise<"told" | "known" | { reason: string; retryAfterSeconds?: number | undefined }> {
  const key = toldKey(announcement, name);
  if ((await ports.ledger.find(key)) !== undefined) return "known";
  const told = await tell(ports, channel, announcement);
  if (!told.ok) return told;
  await ports.ledger.create(
    key,
    JSON.stringify({
      schemaVersion: 1,
      id: announcement.id,
      channel: name,
      at: new Date(ports.now()).toISOString(),
    }),
  );
  return "told";
}

/** Key of the fact that a channel was told. Ids are of any text; what is no plain word is hashed. */
export function toldKey({ partner, id }: Announcement, channel: string): string {
  const plain = /^[A-Za-z0-9._-]{1,200}$/u.test(id)
    ? id
    : createHash("sha256").update(id).digest("hex");
  return announcedKey(partner, `${plain}.${channel}`);
}

async function settingsOf(
  ports: NotifyPorts,
  { partner, specDigest }: Announcement,
): Promise<NotificationsSpec | undefined> {
  if (specDigest === undefined) return undefined;
  const json = await ports.ledger.find(specKey(partner, specDigest));
  // Written by the partner's own trigger, which checked it.
  return json === undefined ? undefined : (JSON.parse(json) as PartnerSpec).notifications;
}
