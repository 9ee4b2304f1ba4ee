import { z } from "zod";
import { ANNOUNCEMENT_KINDS, SEVERITIES } from "../contract/notifications";
import { type Fault, quoted } from "./fault";

const secretArn = z
  .string()
  .regex(
    /^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:\d{12}:secret:|ssm:[a-z0-9-]+:\d{12}:parameter\/)/u,
    {
      error: "must be the ARN of a secret of Secrets Manager or of a parameter of SSM",
    },
  );

const functionArn = z.string().regex(/^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+$/u, {
  error: "must be the ARN of a function without a version, arn:aws:lambda:...:function:name",
});

const topicArn = z.string().regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+$/u, {
  error: "must be the ARN of a topic, arn:aws:sns:<region>:<account>:name",
});

/** Fields that an HTTP channel may select. */
export const ANNOUNCEMENT_FIELDS = [
  "schemaVersion",
  "id",
  "kind",
  "severity",
  "partner",
  "environment",
  "orderId",
  "orderKey",
  "attempt",
  "step",
  "cause",
  "nextCommand",
  "logsCommand",
  "decision",
  "elapsedSeconds",
  "counts",
  "links",
  "at",
] as const;

const channel = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("slack"),
    /** Secret that holds the URL of the webhook; the URL itself is the secret. */
    webhookSecretArn: secretArn,
  }),
  z.strictObject({
    kind: z.literal("http"),
    /** `https://...`; it stands in plan and state, so it may hold no secret. */
    url: z.string(),
    /** Secret that holds the key of the HMAC-SHA256 which signs each request. */
    hmacSecretArn: secretArn,
    /** Fields of the announcement that are sent. @default all */
    fields: z.array(z.enum(ANNOUNCEMENT_FIELDS)).min(1).optional(),
  }),
  z.strictObject({ kind: z.literal("lambda"), functionArn }),
  z.strictObject({ kind: z.literal("sns"), topicArn }),
]);

const kinds = z.enum(ANNOUNCEMENT_KINDS);
const severities = z.enum(SEVERITIES);

/** Schema of `notifications` of a partner file. */
export const notificationsSchema = z.strictObject({
  /** Whom to tell, by name. */
  channels: z.record(z.string(), channel),
  /** Who is told what; every rule that matches adds its channels. @default all channels are told all */
  rules: z
    .array(
      z.strictObject({
        channels: z.array(z.string()).min(1),
        /** @default all kinds */
        kinds: z.array(kinds).min(1).optional(),
        /** @default all severities */
        severities: z.array(severities).min(1).optional(),
      }),
    )
    .min(1)
    .optional(),
  /** Severity that kinds of announcements have for this partner. @default as announced */
  severity: z.partialRecord(kinds, severities).optional(),
});

/** Notification settings of a partner, with every default filled in. */
export type Notifications = z.output<typeof notificationsSchema>;

/** What is wrong with the notification settings beyond the form of their values. */
export function notificationFaults(notifications: Notifications | undefined): Fault[] {
  if (notifications === undefined) return [];
  const { channels, rules = [] } = notifications;
  const names = Object.keys(channels);
  return [
    ...(names.length === 0
      ? [{ path: ["channels"], message: "must hold at least one channel" }]
      : []),
    ...names.flatMap((name) => channelFaults(name, channels[name])),
    ...rules.flatMap((rule, index) =>
      rule.channels.flatMap((name, position) =>
        Object.hasOwn(channels, name)
          ? []
          : [
              {
                path: ["rules", index, "channels", position],
                message: `must be one of the channels ${quoted(names)}`,
              },
            ],
      ),
    ),
  ].map((fault) => ({ ...fault, path: ["notifications", ...fault.path] }));
}

function channelFaults(
  name: string,
  settings: Notifications["channels"][string] | undefined,
): Fault[] {
  const faults: Fault[] = [];
  // The name becomes part of a key of the ledger.
  if (!/^[a-z][A-Za-z0-9]{0,19}$/u.test(name))
    faults.push({
      path: ["channels", name],
      message: "must have a name of at most 20 letters and digits, beginning with a small letter",
      hideValue: true,
    });
  if (settings?.kind === "http") {
    const fault = urlFault(settings.url);
    if (fault !== undefined)
      faults.push({ path: ["channels", name, "url"], message: fault, hideValue: true });
  }
  return faults;
}

/** The URL is in plan, state and the ledger: where a token could hide in it, it is refused, and not repeated. */
function urlFault(text: string): string | undefined {
  if (!URL.canParse(text)) return "must be a URL, https://...";
  const url = new URL(text);
  if (url.protocol !== "https:") return "must begin with https://";
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    return "must have no user, password, query or fragment; requests are signed, so it needs no token";
  if (url.hostname === "hooks.slack.com")
    return `must not be a webhook of Slack, whose URL is a secret; use a channel of kind "slack"`;
  return undefined;
}
