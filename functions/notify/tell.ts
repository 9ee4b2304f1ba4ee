import type { Announcement, ChannelSpec } from "../../modules/contract";
import { headline, jsonBody, lines, signature, slackBody } from "./message";
import type { NotifyPorts, Told } from "./ports";

/** Longest subject of an SNS message. @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const SUBJECT_MAX = 100;

/** Tells one channel. Does not throw: whatever goes wrong is told in words without secrets. */
export async function tell(
  ports: NotifyPorts,
  channel: ChannelSpec,
  announcement: Announcement,
): Promise<Told> {
  try {
    return await send(ports, channel, announcement);
  } catch (error) {
    // Names alone: texts of errors may repeat what was sent.
    return {
      ok: false,
      reason: `the call failed: ${error instanceof Error ? error.name : "unknown"}`,
    };
  }
}

async function send(
  ports: NotifyPorts,
  channel: ChannelSpec,
  announcement: Announcement,
): Promise<Told> {
  switch (channel.kind) {
    case "slack":
      return ports.post({
        url: (await ports.readSecret(channel.webhookSecretArn)).trim(),
        body: slackBody(announcement),
        headers: { "content-type": "application/json" },
      });
    case "http": {
      const secret = await ports.readSecret(channel.hmacSecretArn);
      const body = jsonBody(announcement, channel.fields);
      const timestamp = String(Math.floor(ports.now() / 1000));
      return ports.post({
        url: channel.url,
        body,
        headers: {
          "content-type": "application/json",
          // The same for every try: a receiver that answered too late knows it.
          "idempotency-key": announcement.id,
          "x-partner-ingest-timestamp": timestamp,
          "x-partner-ingest-signature": `sha256=${signature(secret, timestamp, body)}`,
        },
      });
    }
    case "lambda":
      await ports.invoke(channel.functionArn, jsonBody(announcement));
      return { ok: true };
    case "sns":
      await ports.publish(channel.topicArn, subject(announcement), lines(announcement).join("\n"));
      return { ok: true };
  }
}

/** SNS takes ASCII alone. */
function subject(announcement: Announcement): string {
  return headline(announcement)
    .replace(/[^\x20-\x7e]/gu, "?")
    .slice(0, SUBJECT_MAX);
}
