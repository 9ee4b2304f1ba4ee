import { createHmac } from "node:crypto";
import { toldKey } from "../../../functions/notify/announce";
import type { Announcement, NotificationsSpec } from "../../../modules/contract";
import { startServer, type TestServer } from "./support/server";
import { ALERTS, FAILED, World } from "./support/world";

const HMAC_ARN =
  "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:pi/local/acme/notify/hmac-Ab3dE9";
const TOPIC = "arn:aws:sns:ap-northeast-2:123456789012:pi--local--acme--notify-team";
const FUNCTION =
  "arn:aws:lambda:ap-northeast-2:123456789012:function:pi--local--acme--notify-backend";

let server: TestServer;
beforeEach(async () => {
  server = await startServer(false);
});
afterEach(() => server.close());

test("a request is signed over its time and body, and holds the selected fields alone", async () => {
  const one = new World({
    channels: {
      api: {
        kind: "http",
        url: `${server.url}/hook`,
        hmacSecretArn: HMAC_ARN,
        fields: ["orderId", "kind"],
      },
    },
  });
  one.secrets.set(HMAC_ARN, "key");
  one.send(FAILED);
  await one.drain();
  const [seen] = server.seen;
  expect(seen?.body).toBe(`{"kind":"failed","orderId":"order-1"}`);
  const time = String(Date.parse("2026-03-01T00:00:00Z") / 1000);
  expect(seen?.headers["x-partner-ingest-timestamp"]).toBe(time);
  const hmac = createHmac("sha256", "key")
    .update(`${time}.${seen?.body ?? ""}`)
    .digest("hex");
  expect(seen?.headers["x-partner-ingest-signature"]).toBe(`sha256=${hmac}`);
  expect(seen?.headers["idempotency-key"]).toBe(FAILED.id);
});

test("an announcement is told once, however often it is sent", async () => {
  const one = new World({ channels: { team: { kind: "sns", topicArn: TOPIC } } });
  for (let times = 0; times < 5; times += 1) one.send(FAILED);
  await one.drain();
  expect(one.published).toHaveLength(1);
  expect(one.published[0]).toEqual({
    topicArn: TOPIC,
    subject: 'acme (local): order "order-1" failed at step fetch',
    message: [
      'acme (local): order "order-1" failed at step fetch',
      "Why: no answer (partner, server-down)",
      "What to do: ask the partner",
      "Next: partner-ingest orders rerun acme order-1 --reason TEXT",
    ].join("\n"),
  });
});

test("rules choose channels by kind and by the severity that the partner gives", async () => {
  const settings: NotificationsSpec = {
    channels: {
      team: { kind: "sns", topicArn: TOPIC },
      backend: { kind: "lambda", functionArn: FUNCTION },
    },
    rules: [
      { channels: ["team"], severities: ["error"] },
      { channels: ["backend"], kinds: ["delivered", "failed"] },
    ],
    severity: { late: "error" },
  };
  const one = new World(settings);
  const announce = (id: string, change: Partial<Announcement>): void => {
    one.send({ ...FAILED, id, ...change });
  };
  announce("a", {});
  announce("b", { kind: "delivered", severity: "info" });
  announce("c", { kind: "late", severity: "warn" });
  announce("d", { kind: "started", severity: "info" });
  await one.drain();
  expect(one.published).toHaveLength(2);
  expect(one.invoked.map(({ payload }) => (JSON.parse(payload) as Announcement).id)).toEqual([
    "a",
    "b",
  ]);
});

test("a failed order that no rule sends anywhere goes to the platform's topic, and nothing else does", async () => {
  const one = new World({
    channels: { team: { kind: "sns", topicArn: TOPIC } },
    rules: [{ channels: ["team"], kinds: ["delivered"] }],
    severity: { failed: "info" },
  });
  one.send(FAILED);
  one.send({ ...FAILED, id: "x", kind: "late" });
  await one.drain();
  expect(one.published.map(({ topicArn }) => topicArn)).toEqual([ALERTS]);
});

test("without settings warnings and errors go to the platform's topic, the rest nowhere", async () => {
  const one = new World();
  one.send(FAILED);
  one.send({ ...FAILED, id: "x", kind: "started", severity: "info" });
  await one.drain();
  expect(one.published.map(({ topicArn }) => topicArn)).toEqual([ALERTS]);
});

test.each([
  ["no JSON", "{"],
  ["no announcement", "{}"],
  ["a partner that leaves its prefix", JSON.stringify({ ...FAILED, partner: "../x" })],
  ["a digest that is none", JSON.stringify({ ...FAILED, specDigest: "x/y" })],
  ["another version", JSON.stringify({ ...FAILED, schemaVersion: 2 })],
])("%s ends among the dead letters as it is", async (_, body) => {
  const one = new World();
  one.send(body);
  await one.drain();
  expect(one.deadLetters).toEqual([body]);
});

test("signs that Slack takes for markup are text", async () => {
  const arn = HMAC_ARN.replace("hmac", "slack");
  const one = new World({ channels: { team: { kind: "slack", webhookSecretArn: arn } } });
  one.secrets.set(arn, `${server.url}/x`);
  one.send({ ...FAILED, orderId: "<!channel> & co", cause: undefined });
  await one.drain();
  const { text } = JSON.parse(server.seen[0]?.body ?? "") as { text: string };
  expect(text.split("\n")[0]).toBe(
    `:rotating_light: acme (local): order "&lt;!channel&gt; &amp; co" failed at step fetch`,
  );
});

test("ids that are no plain words are hashed in the ledger", () => {
  expect(toldKey(FAILED, "team")).toBe("acme/announced/failed.order-1-0123456789ab.1.team.json");
  expect(toldKey({ ...FAILED, id: "a/../b" }, "team")).toMatch(
    /^acme\/announced\/[0-9a-f]{64}\.team\.json$/u,
  );
});
