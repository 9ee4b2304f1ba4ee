import { LambdaClient } from "@aws-sdk/client-lambda";
import { type OrdersPlace } from "../../../cli/orders/cloud";
import {
  handOver,
  type LetterBox,
  listDeadLetters,
  type Redriven,
  redriveResult,
  settleLetters,
  takeLetters,
  untakeable,
} from "../../../cli/orders/dead-letters";
import { json, listenOnLoopback, type Loopback } from "../../../local/http/loopback";
import { runPrefix } from "../../../modules/contract";
import { LEDGER, PARTNER, type TestLedger, testLedger } from "./setup";

const by = { by: "ann", reason: "the bucket's key is back" };
const run = { partner: PARTNER, orderKey: "a-0123456789ab", attempt: 2 };
const announcement = {
  schemaVersion: 1,
  id: "x",
  kind: "failed",
  severity: "error",
  orderId: "A 1",
  ...run,
};

let ledger: TestLedger;
let lambda: Loopback;
let client: LambdaClient;
let invoked: { name: string; event: unknown }[];
let box: LetterBox;
let place: OrdersPlace;

beforeEach(async () => {
  ledger = await testLedger();
  invoked = [];
  lambda = await listenOnLoopback(({ path, body }) => {
    const event = JSON.parse(body.toString("utf8")) as { orderId?: string };
    const name = decodeURIComponent(path.split("/")[3] ?? "");
    invoked.push({ name, event });
    return Promise.resolve(
      event.orderId === "refused"
        ? json({ errorMessage: "the ledger is away" }, 200, { "x-amz-function-error": "Unhandled" })
        : json({ orders: [{ ...run, orderId: "A 1" }], ignored: [] }),
    );
  });
  client = new LambdaClient({
    region: "us-east-1",
    endpoint: lambda.url,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  box = { cloud: { ...ledger.cloud, lambda: client }, owners: ["platform", PARTNER] };
  place = { ...ledger.place, local: false };
});

afterEach(async () => {
  client.destroy();
  await lambda.close();
  await ledger.close();
});

const redrive = async (messages?: readonly string[], max = 100): Promise<Redriven[]> => {
  const done: Redriven[] = [];
  for (const letter of await takeLetters(place, box, { messages, max })) {
    const refused = untakeable(letter);
    done.push(
      await (
        refused === undefined
          ? handOver(place, box.cloud, letter)
          : Promise.reject(new Error(refused))
      ).then(
        (runs) => ({ letter, runs }),
        (error: unknown) => ({
          letter,
          refused: error instanceof Error ? error.message : String(error),
          runs: [],
        }),
      ),
    );
  }
  await settleLetters(place, box.cloud, done, by);
  return done;
};

const recorded = (): Promise<unknown[]> =>
  Promise.all(ledger.s3.keys(LEDGER, `${runPrefix(run)}actions/`).map((key) => ledger.read(key)));

test("the list tells what was given up and why, and hides nothing from others", async () => {
  const { platform, partner } = ledger.queues;
  partner.send(JSON.stringify({ kind: "manual", orderId: "A 1" }), { ErrorMessage: "timed out" });
  partner.send(JSON.stringify({ source: "aws.s3", detail: { object: { key: "in/a.zip" } } }));
  partner.send("no JSON");
  platform.send(JSON.stringify(announcement));
  platform.send(
    JSON.stringify({ source: "aws.batch", detail: { jobName: "pi--x", status: "FAILED" } }),
    { ERROR_CODE: "THROTTLING" },
  );
  platform.send(
    JSON.stringify({ source: "aws.s3", detail: { object: { key: "p/function.FAILED.json" } } }),
  );
  for (let twice = 0; twice < 2; twice += 1) {
    const { data, text } = await listDeadLetters(place, [box]);
    const { letters } = data as { letters: { owner: string; what: string; why: string }[] };
    expect(letters.map(({ owner, what, why }) => `${owner}: ${what} (${why})`).sort()).toEqual([
      'platform: a function\'s word "p/function.FAILED.json" ()',
      'platform: announcement "failed" of order "A 1" of universal-music ()',
      "platform: job pi--x is FAILED (THROTTLING)",
      "universal-music: no event: its text is no JSON object ()",
      'universal-music: object "in/a.zip" ()',
      'universal-music: order "A 1" by hand (timed out)',
    ]);
    expect(text).toMatch(/\n\n6 dead letters$/u);
  }
});

test("an event goes to the trigger, and who did it and why stands with its order", async () => {
  const event = { kind: "manual", orderId: "A 1" };
  const messageId = ledger.queues.partner.send(JSON.stringify(event));
  expect(redriveResult(await redrive())).toMatchObject({
    text: 'taken  order "A 1" by hand\n\n1 dead letter taken up again, 0 kept',
    exit: "ok",
  });
  expect(invoked).toEqual([{ name: `pi--local--${PARTNER}--trigger`, event }]);
  expect(ledger.queues.partner.all()).toEqual([]);
  expect(await recorded()).toMatchObject([{ action: "redrive", ...by, details: { messageId } }]);
});

test("what is refused stays, with the function's words; others are done all the same", async () => {
  const { partner } = ledger.queues;
  partner.send(JSON.stringify({ kind: "manual", orderId: "refused" }));
  partner.send("no JSON");
  partner.send(JSON.stringify({ kind: "manual", orderId: "A 1" }));
  const { text, exit } = redriveResult(await redrive());
  expect(text.split("\n").sort()).toEqual([
    "",
    "1 dead letter taken up again, 2 kept",
    "kept  no event: its text is no JSON object: nobody takes it up; look at it, and delete it with aws sqs",
    `kept  order "refused" by hand: the trigger of ${PARTNER} refused: the ledger is away`,
    'taken  order "A 1" by hand',
  ]);
  expect(exit).toBe("toolFailed");
  expect(partner.all().map(({ body, hiddenUntil }) => [body, hiddenUntil <= Date.now()])).toEqual([
    ['{"kind":"manual","orderId":"refused"}', true],
    ["no JSON", true],
  ]);
});

test("announcements go back to their queue, events of jobs to escalate, a pass of the reconciler to nobody", async () => {
  const { platform, announcements } = ledger.queues;
  const job = { source: "aws.batch", detail: { jobName: "n", status: "FAILED" } };
  platform.send(JSON.stringify(announcement));
  platform.send(JSON.stringify(job));
  platform.send(JSON.stringify({ kind: "schedule", trigger: "reconcile", scheduledTime: "x" }));
  await redrive();
  expect(announcements.all().map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    announcement,
  ]);
  expect(invoked).toEqual([{ name: "pi--local--platform--escalate", event: job }]);
  expect(platform.all()).toEqual([]);
  expect(await recorded()).toHaveLength(1);
});

test("--message and --max take no more than was asked for", async () => {
  const { partner } = ledger.queues;
  const [, second = ""] = ["1", "2", "3"].map((orderId) =>
    partner.send(JSON.stringify({ kind: "manual", orderId })),
  );
  await redrive([second]);
  expect(invoked.map(({ event }) => event)).toEqual([{ kind: "manual", orderId: "2" }]);
  await redrive(undefined, 1);
  expect(partner.all()).toHaveLength(1);
  await expect(redrive([second])).rejects.toThrow(
    `--message names no dead letter of platform or universal-music: "${second}"; orders dlq list tells those that are there`,
  );
  expect(partner.all()).toMatchObject([{ hiddenUntil: expect.any(Number) as number }]);
});

test("a partner that is not applied hides nothing of the others", async () => {
  ledger.queues.partner.send(JSON.stringify({ kind: "manual", orderId: "A 1" }));
  const { text } = await listDeadLetters(place, [{ ...box, owners: ["acme", PARTNER] }]);
  expect(text).toContain("\n1 dead letter\nnote: acme has no queue here; it is not applied");
});
