import { BatchClient } from "@aws-sdk/client-batch";
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { cloudWatchLogs, type LogPlace } from "../../cli/orders/log-source";
import { startChecksum } from "../../local/s3/checksums/algorithms";
import { quarantinedFileKey, quarantineReasonKey } from "../../modules/contract";
import { type Called } from "../cli/scratch-project";
import { failingOrder } from "./support/failing-order";
import { MotoOrders, why } from "./support/moto-orders";

/*
 * The operator's commands against an emulator of AWS, with the trigger's real zip: buckets, queues and job definitions
 * are those that the partner's stack declares, made by the SDK. The tests follow each other like a night on call.
 */

const PARTNER = "universal-music";
const CONTENT = "as it was delivered";

let world: MotoOrders;

beforeAll(async () => {
  world = await MotoOrders.start(PARTNER);
});

afterAll(async () => {
  await world.close();
});

const orders = (...args: string[]): Promise<Called> => world.orders(...args);
const ok = (...args: string[]): Promise<string> => world.ok(...args);

test("a file that no event told of is found and started by backfill", async () => {
  const Bucket = world.naming.bucket(PARTNER, "landing");
  await world.s3.send(new PutObjectCommand({ Bucket, Key: "orders/LOST-1.order", Body: "x" }));
  const period = ["backfill", PARTNER, "--from", "1h"];
  const dry = await ok(...period, "--dry-run");
  expect(dry).toMatch(/"LOST-1" {2}lost-1-[0-9a-f]{12} {2}missing/u);
  expect(dry).toContain("\n1 order would be started");
  expect(await ok("list")).toMatch(/^no orders since /u);
  expect(await ok(...period, ...why, "--yes")).toMatch(
    /missing {2}started\n[^]*\n1 order handed over\n$/u,
  );
  expect(await ok("list")).toMatch(/ {2}lost-1-[0-9a-f]{12} {2}attempt 1 {2}under way\n/u);
  expect(await ok(...period, "--dry-run")).toContain("\n0 orders would be started");
});

test("what happened is shown, with who did it; a log that is not there is said to be so", async () => {
  const shown = await ok("show", PARTNER, "LOST-1");
  expect(shown).toContain("claimed through dropped");
  expect(shown).toMatch(/backfill by arn:aws:\S+: the e2e asks for it\n/u);
  expect(await ok("logs", PARTNER, "LOST-1", "--step", "fetch")).toMatch(
    /^fetch g1(?: \(job \S+\) left no log|, attempt 1 of job \S+: the log is gone)/u,
  );
});

test("a run under way is not done again before it is cancelled", async () => {
  const refused = await orders("rerun", PARTNER, "LOST-1", ...why);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("is under way; wait until it has ended, or end it: ");
  expect(await ok("cancel", PARTNER, "LOST-1", ...why, "--yes")).toMatch(
    /^cancelled attempt 1 of lost-1-[0-9a-f]{12}; 2 jobs under way\n$/u,
  );
  expect(await ok("rerun", PARTNER, "LOST-1", ...why)).toMatch(
    /^attempt 2 of lost-1-[0-9a-f]{12} is started: partner-ingest orders show /u,
  );
});

test("dead letters are listed, and taken up again", async () => {
  const event = JSON.stringify({ kind: "manual", orderId: "LETTER-1" });
  const QueueUrl = world.queueUrls.get(`${PARTNER} dead-letters`);
  await world.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: event }));
  expect(await ok("dlq", "list")).toMatch(/ {2}order "LETTER-1" by hand[^]*\n1 dead letter\n/u);
  expect(await ok("dlq", "redrive", PARTNER, ...why, "--yes")).toContain(
    "1 dead letter taken up again, 0 kept",
  );
  expect(await ok("dlq", "list", "--partner", PARTNER)).toBe("no dead letters\n");
  expect(await ok("show", PARTNER, "LETTER-1")).toMatch(/redrive by arn:aws:\S+: the e2e/u);
});

failingOrder(() => world);

test("a log is read from its last lines, and on by the place that was told", async () => {
  const { region } = world.naming.scope;
  const batch = new BatchClient({ region });
  const logs = new CloudWatchLogsClient({ region });
  const group = {
    logGroupName: world.naming.logGroup(PARTNER, "jobs"),
    logStreamName: "fetch/default/1",
  };
  const write = (...messages: readonly string[]): Promise<unknown> =>
    logs.send(
      new PutLogEventsCommand({
        ...group,
        logEvents: messages.map((message, at) => ({ message, timestamp: Date.now() + at })),
      }),
    );
  const source = cloudWatchLogs(batch, logs, group.logGroupName);
  expect(await source.read(group.logStreamName, {})).toBeUndefined();
  await logs.send(new CreateLogStreamCommand(group));
  await write("a", "b", "c");
  const read = async (from: LogPlace): Promise<{ texts: string[]; place: string }> => {
    const page = await source.read(group.logStreamName, from);
    return { texts: (page?.lines ?? []).map(({ text }) => text), place: page?.place ?? "" };
  };
  const first = await read({ last: 2 });
  expect(first.texts).toEqual(["b", "c"]);
  expect(await read({ place: first.place })).toEqual({ texts: [], place: first.place });
  await write("d");
  const next = await read({ place: first.place });
  expect(next.texts).toEqual(["d"]);
  expect((await read({ place: next.place })).texts).toEqual([]);
  batch.destroy();
  logs.destroy();
});

/** Leaves a delivery of LETTER-1 in quarantine, as the worker does. */
async function quarantine(attempt: number): Promise<void> {
  const [shown] = (
    JSON.parse(await ok("show", PARTNER, "LETTER-1", "--json")) as {
      runs: { run: { orderKey: string } }[];
    }
  ).runs;
  const run = { partner: PARTNER, orderKey: shown?.run.orderKey ?? "", attempt };
  const Bucket = world.naming.bucket(PARTNER, "processed");
  const checksum = startChecksum("CRC32");
  checksum.update(Buffer.from(CONTENT));
  const crc32 = checksum.digest().toString("base64");
  const reason = {
    schemaVersion: 1,
    ...run,
    step: "publish",
    generation: 1,
    orderId: "LETTER-1",
    bucket: Bucket,
    prefix: "deliveries/",
    faults: ["a.txt: wrong checksum"],
    files: [{ path: "a.txt", size: CONTENT.length, crc32, contentType: "text/plain" }],
    quarantinedAt: new Date().toISOString(),
  };
  await world.s3.send(
    new PutObjectCommand({
      Bucket,
      Key: quarantinedFileKey(run, "a.txt"),
      Body: CONTENT,
      ChecksumAlgorithm: "CRC32",
    }),
  );
  await world.put(Bucket, quarantineReasonKey(run), JSON.stringify(reason));
}

test("a delivery in quarantine is listed and released, and the partner's channels are told", async () => {
  await quarantine(1);
  expect(await ok("quarantine", "list", PARTNER)).toContain("fault: a.txt: wrong checksum");
  const released = await ok("quarantine", "release", PARTNER, "LETTER-1", ...why, "--yes");
  expect(released).toMatch(/^released 1 file, 19 bytes, to /u);
  expect(released).toContain(`\nannounced to the channels of ${PARTNER} as delivered\n`);
  expect(await world.announced()).toMatchObject([
    { kind: "delivered", orderId: "LETTER-1", decision: { reason: "the e2e asks for it" } },
  ]);
  expect(await ok("list")).toMatch(/ {2}letter-1-[0-9a-f]{12} {2}attempt 1 {2}delivered\n/u);
  const late = await orders("quarantine", "reject", PARTNER, "LETTER-1", ...why, "--yes");
  expect(late.stderr).toContain("a decision is final");
});

test("a delivery in quarantine is rejected, and the partner's channels are told", async () => {
  await ok("rerun", PARTNER, "LETTER-1", ...why);
  await quarantine(2);
  expect(await ok("quarantine", "reject", PARTNER, "LETTER-1", ...why, "--yes")).toMatch(
    /^rejected attempt 2 of letter-1-[0-9a-f]{12}\nannounced to /u,
  );
  expect(await world.announced()).toMatchObject([
    { kind: "rejected", orderId: "LETTER-1", attempt: 2 },
  ]);
  expect(await ok("quarantine", "list", PARTNER)).toMatch(/\n {2}rejected by arn:aws:\S+ at /u);
});

test("a paused partner's orders are recorded and wait; resume names them", async () => {
  expect(await ok("pause", PARTNER, ...why)).toMatch(
    new RegExp(`^${PARTNER} is paused since \\S+ by arn:aws:\\S+: the e2e asks for it\n`, "u"),
  );
  const twice = await orders("pause", PARTNER, ...why);
  expect({ code: twice.code, told: twice.stderr }).toEqual({
    code: 2,
    told: expect.stringContaining(
      `to let it go on: partner-ingest orders resume ${PARTNER}`,
    ) as string,
  });
  const Bucket = world.naming.bucket(PARTNER, "landing");
  await world.s3.send(new PutObjectCommand({ Bucket, Key: "orders/HELD-1.order", Body: "x" }));
  await ok("backfill", PARTNER, "--from", "1h", ...why, "--yes");
  const held = JSON.parse(await ok("show", PARTNER, "HELD-1", "--json")) as {
    runs: { status: string }[];
  };
  expect(held.runs.map(({ status }) => status)).toEqual(["waiting"]);
  expect(await ok("list")).toContain(`${PARTNER} is paused since `);
  expect(await ok("resume", PARTNER, ...why)).toMatch(/held-1-[0-9a-f]{12}/u);
  expect(await ok("list")).not.toContain("is paused");
});
