import { definePartner, manual, s3Object, schedule } from "../modules";

/**
 * Program delivery: the label hands orders over through its own program, `teleport`. How often and how large is
 * not known beforehand, so the files rest on EFS, which stretches and outlives the instance.
 *
 * An order becomes known by hand, by an object `orders/<order id>.order` in the landing bucket, or because the program
 * lists it: that is asked for every ten minutes.
 */
const teleport = {
  image: "teleport",
  // The label's code runs apart from all other partners.
  isolation: "dedicated",
  environment: { TELEPORT_URL: "https://delivery.universal-music.example" },
  secrets: {
    TELEPORT_TOKEN:
      "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:universal-music/teleport-Ab3dE9",
  },
  compute: { pool: "label" },
} as const;

export default definePartner({
  id: "universal-music",
  owner: "music-deliveries@example.com",
  source: { company: "Universal Music", contact: "delivery@universal-music.example" },
  triggers: {
    byHand: manual(),
    dropped: s3Object({ bucket: "landing", prefix: "orders/", suffix: ".order" }),
    newOrders: schedule({
      cron: "cron(0/10 * * * ? *)",
      timezone: "Asia/Seoul",
      starts: "discovery",
    }),
  },
  compute: { pool: "general", vcpus: 2, memoryMib: 4096 },
  discovery: {
    look: {
      kind: "list",
      program: ["/opt/teleport/bin/teleport", "list"],
      noProgressSeconds: 120,
      timeoutSeconds: 900,
      ...teleport,
    },
  },
  steps: {
    fetch: {
      kind: "fetch",
      program: [
        "/opt/teleport/bin/teleport",
        "fetch",
        "--order",
        "{orderId}",
        "--into",
        "{staging}",
      ],
      // What teleport says when the label's server is down or busy.
      tryLaterCodes: [3],
      attempts: 5,
      timeoutSeconds: 12 * 3600,
      ...teleport,
    },
    publish: {
      kind: "publish",
      after: ["fetch"],
      prefix: "deliveries/",
      checksumFiles: ["*.md5", "SHA256SUMS"],
    },
  },
  staging: { kind: "efs" },
  buckets: { landing: { kind: "create" }, processed: { kind: "create" } },
  retention: { landing: 30, processed: "forever" },
  notifications: {
    channels: {
      team: {
        kind: "slack",
        webhookSecretArn:
          "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:pi/local/universal-music/notify/slack-Qm4xT2",
      },
      catalog: {
        kind: "http",
        url: "https://catalog.example.com/hooks/deliveries",
        hmacSecretArn:
          "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:pi/local/universal-music/notify/catalog-Zk8bN5",
        fields: ["id", "kind", "partner", "orderId", "counts", "elapsedSeconds", "at"],
      },
    },
    rules: [
      { channels: ["team"], severities: ["warn", "error"] },
      { channels: ["catalog"], kinds: ["delivered"] },
    ],
  },
  expectations: {
    // The label delivers on working days before its own day begins.
    orders: {
      daily: {
        by: "cron(0 9 ? * MON-FRI *)",
        timezone: "Asia/Seoul",
        warnAfterMinutes: 60,
        errorAfterMinutes: 240,
      },
    },
    deliveries: { minFiles: 2, maxDropPercent: 80 },
  },
  limits: { concurrentOrders: 20 },
});
