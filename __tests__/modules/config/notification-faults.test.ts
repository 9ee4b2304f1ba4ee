import local from "../../../environments/local";
import { definePartner } from "../../../modules";
import type { PartnerInput } from "../../../modules/config";
import { notificationFaults } from "../../../modules/partner-ingest/notification-faults";
import universalMusic from "../../../partners/universal-music";

const BASE: PartnerInput = {
  id: "acme",
  owner: "feeds@example.com",
  source: { company: "Acme" },
  triggers: { byHand: { kind: "manual" } },
  compute: { pool: "general" },
  steps: {
    deliver: { kind: "deliver", program: ["/opt/acme/fetch"], isolation: "fargate" },
  },
  staging: { kind: "scratch" },
};

const SECRET =
  "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:pi/local/acme/notify/hmac-Ab3dE9";

function message(changes: Partial<PartnerInput>): string {
  try {
    definePartner({ ...BASE, ...changes });
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

const http = (url: string): Partial<PartnerInput> => ({
  notifications: { channels: { api: { kind: "http", url, hmacSecretArn: SECRET } } },
});

test.each<[string, Partial<PartnerInput>, string]>([
  [
    "no channel",
    { notifications: { channels: {} } },
    "partners/acme.notifications.channels must hold at least one channel, got an empty object",
  ],
  [
    "a rule with an unknown channel",
    {
      notifications: {
        channels: { api: { kind: "http", url: "https://x.example", hmacSecretArn: SECRET } },
        rules: [{ channels: ["apl"] }],
      },
    },
    `partners/acme.notifications.rules[0].channels[0] must be one of the channels "api", got "apl"`,
  ],
  [
    "a URL without TLS",
    http("http://x.example"),
    "partners/acme.notifications.channels.api.url must begin with https://",
  ],
  [
    "a URL with a token",
    http("https://x.example/?token=very-secret"),
    "partners/acme.notifications.channels.api.url must have no user, password, query or fragment; requests are signed, so it needs no token",
  ],
  [
    "a webhook of Slack in clear",
    http("https://hooks.slack.com/services/very-secret"),
    `partners/acme.notifications.channels.api.url must not be a webhook of Slack, whose URL is a secret; use a channel of kind "slack"`,
  ],
  [
    "an expected order whose error is before its warning",
    {
      expectations: {
        orders: {
          daily: {
            by: "cron(0 9 * * ? *)",
            timezone: "Asia/Seoul",
            warnAfterMinutes: 60,
            errorAfterMinutes: 30,
          },
        },
      },
    },
    "partners/acme.expectations.orders.daily.errorAfterMinutes must be at least warnAfterMinutes, 60, got 30",
  ],
  [
    "a rate",
    { expectations: { orders: { daily: { by: "rate(1 day)", timezone: "Mars/Phobos" } } } },
    `partners/acme.expectations.orders.daily.by must be cron(...): a rate tells no time of day, got "rate(1 day)"
partners/acme.expectations.orders.daily.timezone must be an IANA time zone, e.g. Asia/Seoul, got "Mars/Phobos"`,
  ],
  [
    "more files at least than at most",
    { expectations: { deliveries: { minFiles: 3, maxFiles: 2 } } },
    "partners/acme.expectations.deliveries.maxFiles must be at least minFiles, 3, got 2",
  ],
])("%s is told", (_, changes, expected) => {
  expect(message(changes)).toBe(expected);
});

test("a secret in the place of an ARN is refused and not repeated", () => {
  const text = message({
    notifications: {
      channels: {
        team: { kind: "slack", webhookSecretArn: "https://hooks.slack.com/services/very-secret" },
      },
    },
  });
  expect(text).toBe(
    "partners/acme.notifications.channels.team.webhookSecretArn must be the ARN of a secret of Secrets Manager or of a parameter of SSM",
  );
});

test("a channel of another partner or environment is refused", () => {
  const partner = definePartner({
    ...BASE,
    notifications: {
      channels: {
        api: {
          kind: "http",
          url: "https://x.example",
          hmacSecretArn: SECRET.replace("acme", "other"),
        },
        good: { kind: "http", url: "https://x.example", hmacSecretArn: SECRET },
        backend: {
          kind: "lambda",
          functionArn:
            "arn:aws:lambda:ap-northeast-2:123456789012:function:pi--local--acme--trigger",
        },
      },
    },
  });
  expect(notificationFaults(partner, local)).toEqual([
    `partners/acme.notifications.channels.api.hmacSecretArn must begin with arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:pi/local/acme/notify/ or arn:aws:ssm:ap-northeast-2:123456789012:parameter/pi/local/acme/notify/; the notify function reaches nothing else, name it so`,
    `partners/acme.notifications.channels.backend.functionArn must begin with arn:aws:lambda:ap-northeast-2:123456789012:function:pi--local--acme--notify-; the notify function reaches nothing else, name it so`,
  ]);
  expect(notificationFaults(universalMusic, local)).toEqual([]);
});
