import { poster } from "../../../functions/notify/post";
import type { NotificationsSpec } from "../../../modules/contract";
import { SELF_SIGNED } from "./support/self-signed";
import { startServer, type TestServer } from "./support/server";
import { FAILED, World } from "./support/world";

const SECRET_ARN =
  "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:pi/local/acme/notify/slack-Ab3dE9";
const HMAC_ARN = SECRET_ARN.replace("slack", "hmac");
const WEBHOOK_PATH = "/services/T000/B000/very-secret-webhook";
const HMAC_SECRET = "very-secret-hmac";

let server: TestServer;
let other: TestServer;
beforeEach(async () => {
  server = await startServer(false);
  other = await startServer(false);
});
afterEach(async () => {
  await server.close();
  await other.close();
});

function world(target = server.url): World {
  const settings: NotificationsSpec = {
    channels: {
      team: { kind: "slack", webhookSecretArn: SECRET_ARN },
      api: { kind: "http", url: `${other.url}/hook`, hmacSecretArn: HMAC_ARN },
    },
  };
  const made = new World(settings);
  made.secrets.set(SECRET_ARN, `${target}${WEBHOOK_PATH}\n`);
  made.secrets.set(HMAC_ARN, HMAC_SECRET);
  return made;
}

const said = (one: World): string =>
  [...one.log, ...one.deadLetters, ...one.objects.values()].join("\n");

function expectNoSecrets(one: World): void {
  expect(said(one)).not.toContain("very-secret");
  expect(said(one)).not.toContain(server.url);
}

test("an endpoint that is down for ten minutes is told when it is back, the others once", async () => {
  const one = world();
  const back = one.now + 600_000;
  server.answer = () => (one.now < back ? { status: 503 } : { status: 200 });
  one.send(FAILED);
  await one.drain();
  expect(server.seen).toHaveLength(6);
  expect(other.seen).toHaveLength(1);
  expect((one.now - back) / 1000).toBe(330);
  expect(one.deadLetters).toEqual([]);
  expectNoSecrets(one);
});

test("a receiver that is refused a connection for ten minutes is told later", async () => {
  const one = world();
  const back = one.now + 600_000;
  const real = one.post;
  one.post = (request) =>
    request.url.startsWith(server.url) && one.now < back
      ? real({ ...request, url: request.url.replace(/:\d+\//u, ":1/") })
      : real(request);
  one.send(FAILED);
  await one.drain();
  expect(server.seen).toHaveLength(1);
  expect(one.log[1]).toContain("the connection failed: ECONNREFUSED");
  expectNoSecrets(one);
});

test("a receiver that asks to wait is left alone for so long", async () => {
  const one = world();
  const times: number[] = [];
  server.answer = () => {
    times.push(one.now);
    return times.length === 1
      ? { status: 429, headers: { "retry-after": "1234" } }
      : { status: 200 };
  };
  one.send(FAILED);
  await one.drain();
  expect(times.map((time) => (time - (times[0] ?? 0)) / 1000)).toEqual([0, 1234]);
});

test.each([
  ["500", "the answer was 500"],
  ["redirect", "redirects are refused, the answer was 307"],
] as const)(
  "a receiver that is broken for ever (%s) leaves the payload in the dead letters",
  async (kind, reason) => {
    const one = world();
    server.answer = () =>
      kind === "500"
        ? { status: 500 }
        : { status: 307, headers: { location: `${other.url}/elsewhere` } };
    one.send(FAILED);
    await one.drain();
    expect(one.deadLetters).toEqual([JSON.stringify(FAILED)]);
    expect(server.seen).toHaveLength(12);
    // Told once although the message came twelve times; nothing followed the redirect.
    expect(other.seen.map(({ path }) => path)).toEqual(["/hook"]);
    expect(one.log[1]).toContain(JSON.stringify([{ channel: "team", reason }]));
    expectNoSecrets(one);
  },
);

test("a certificate that nobody signed is refused before a byte is sent", async () => {
  const secure = await startServer(true);
  try {
    const one = world(secure.url);
    one.send(FAILED);
    await one.drain();
    expect(secure.seen).toEqual([]);
    expect(one.deadLetters).toEqual([JSON.stringify(FAILED)]);
    expect(one.log[1]).toContain("the connection failed: DEPTH_ZERO_SELF_SIGNED_CERT");
    expectNoSecrets(one);
    expect(said(one)).not.toContain(secure.url);
  } finally {
    await secure.close();
  }
});

test("a certificate that is trusted is used", async () => {
  const secure = await startServer(true);
  try {
    const told = await poster({ ca: SELF_SIGNED.cert })({
      url: `${secure.url}/x`,
      body: "{}",
      headers: {},
    });
    expect(told).toEqual({ ok: true });
    expect(secure.seen).toHaveLength(1);
  } finally {
    await secure.close();
  }
});

test("a URL without TLS is refused where it is not allowed", async () => {
  await expect(poster()({ url: server.url, body: "", headers: {} })).resolves.toEqual({
    ok: false,
    reason: "the URL does not begin with https://",
  });
  await expect(poster()({ url: "very secret", body: "", headers: {} })).resolves.toEqual({
    ok: false,
    reason: "the URL is none",
  });
  expect(server.seen).toEqual([]);
});

test("a secret that can not be read is tried again and named by nothing but the error's name", async () => {
  const one = world();
  one.secrets.delete(SECRET_ARN);
  one.send(FAILED);
  await one.drain();
  expect(one.deadLetters).toHaveLength(1);
  expect(one.log[1]).toContain("the call failed: Error");
});
