import { poster } from "../../../functions/notify/post";
import type { ChannelSpec } from "../../../modules/contract";
import { EXPIRED, OTHER_HOST, SELF_SIGNED } from "./support/self-signed";
import { startServer, type Answer, type TestServer } from "./support/server";
import { FAILED, World } from "./support/world";

// Each kind of channel against a server that fails in each way, for ten minutes and for ever: an announcement is told later,
// or lies whole among the dead letters; what is secret stands nowhere.

const SECRET_ARN =
  "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:pi/local/acme/notify/one-Ab3dE9";
const WEBHOOK_PATH = "/services/T000/B000/very-secret-webhook";
const TEN_MINUTES = 600_000;

const CHANNELS = {
  slack: () => ({ kind: "slack", webhookSecretArn: SECRET_ARN }),
  http: (url) => ({ kind: "http", url: `${url}/hook`, hmacSecretArn: SECRET_ARN }),
} as const satisfies Record<string, (url: string) => ChannelSpec>;
const SECRETS = {
  slack: (url: string) => `${url}${WEBHOOK_PATH}`,
  http: () => "very-secret-hmac",
} as const;
type Kind = keyof typeof CHANNELS;

function world(kind: Kind, url: string): World {
  const made = new World({ channels: { team: CHANNELS[kind](url) } });
  made.secrets.set(SECRET_ARN, SECRETS[kind](url));
  return made;
}

function expectNoSecret(one: World): void {
  const said = [...one.log, ...one.deadLetters, ...one.objects.values(), ...one.objects.keys()];
  expect(said.join("\n")).not.toContain("very-secret");
}

const ANSWERS: readonly (readonly [what: string, answer: Answer, reason: string])[] = [
  ["answers 429", { status: 429 }, "the answer was 429"],
  [
    "answers 429 and asks for a minute",
    { status: 429, headers: { "retry-after": "60" } },
    "the answer was 429",
  ],
  ["answers 500", { status: 500 }, "the answer was 500"],
  ["breaks the connection", "reset", "the connection failed: ECONNRESET"],
  // Whoever waits for an answer that never comes waits for this long; nothing here depends on it.
  ["never answers", undefined, "no answer within 100 ms"],
];

describe.each(["slack", "http"] as const)("a channel of kind %s", (kind) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer(false);
  });
  afterEach(() => server.close());

  const hasty = (one: World, answer: Answer): void => {
    const [patient, impatient] = [one.post, poster({ allowPlain: true, timeoutMs: 100 })];
    // Only what is never answered has a short limit, so that a busy machine fails none.
    one.post = (request) =>
      answer === undefined && server.answer(SEEN) === undefined
        ? impatient(request)
        : patient(request);
  };
  const SEEN = { path: "", headers: {}, body: "" };

  test.each(ANSWERS)("whose server %s for ten minutes is told later, once", async (_, answer) => {
    const one = world(kind, server.url);
    const back = one.now + TEN_MINUTES;
    server.answer = () => (one.now < back ? answer : { status: 204 });
    hasty(one, answer);
    one.send(FAILED);
    await one.drain();
    expect(one.deadLetters).toEqual([]);
    expect(one.now).toBeGreaterThanOrEqual(back);
    // A request that is given up may not have arrived.
    expect(server.seen.length).toBeGreaterThan(answer === undefined ? 0 : 1);
    expect(new Set(server.seen.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(one.log.filter((line) => line.includes('"event":"told"'))).toHaveLength(1);
    // It comes again: whoever was told is not told twice.
    const seen = server.seen.length;
    one.send(FAILED);
    await one.drain();
    expect(server.seen).toHaveLength(seen);
    expectNoSecret(one);
  });

  test.each(ANSWERS)(
    "whose server %s for ever leaves the payload among the dead letters",
    async (_, answer, reason) => {
      const one = world(kind, server.url);
      server.answer = () => answer;
      hasty(one, answer);
      one.send(FAILED);
      await one.drain();
      expect(one.deadLetters).toEqual([JSON.stringify(FAILED)]);
      expect(one.log[0]).toContain(JSON.stringify([{ channel: "team", reason }]));
      expectNoSecret(one);
    },
  );

  test.each([
    ["that nobody signed", SELF_SIGNED, undefined, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["that has ended", EXPIRED, EXPIRED.cert, "CERT_HAS_EXPIRED"],
    ["of another host", OTHER_HOST, OTHER_HOST.cert, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ] as const)(
    "whose server shows a certificate %s gets no byte; the payload lies among the dead letters",
    async (_, certificate, ca, code) => {
      const secure = await startServer(true, certificate);
      try {
        const one = world(kind, secure.url);
        one.post = poster(ca === undefined ? {} : { ca });
        one.send(FAILED);
        await one.drain();
        expect(secure.seen).toEqual([]);
        expect(one.deadLetters).toEqual([JSON.stringify(FAILED)]);
        expect(one.log[0]).toContain(`the connection failed: ${code}`);
        expectNoSecret(one);
      } finally {
        await secure.close();
      }
    },
  );

  test("whose server has a bad certificate for ten minutes is told when it has a good one", async () => {
    const bad = await startServer(true, OTHER_HOST);
    const good = await startServer(true);
    try {
      const one = world(kind, bad.url);
      const back = one.now + TEN_MINUTES;
      const post = poster({ ca: SELF_SIGNED.cert });
      one.post = (request) =>
        post(
          one.now < back ? request : { ...request, url: request.url.replace(bad.url, good.url) },
        );
      one.send(FAILED);
      await one.drain();
      expect(bad.seen).toEqual([]);
      expect(good.seen).toHaveLength(1);
      expect(one.deadLetters).toEqual([]);
      expectNoSecret(one);
    } finally {
      await bad.close();
      await good.close();
    }
  });
});
