import { announceDecision, type Decided } from "../../../cli/orders/announce-decision";
import { copyObject } from "../../../cli/orders/copy-object";
import { listQuarantine, rejectOrder, releaseOrder } from "../../../cli/orders/quarantine";
import { readAttempt } from "../../../cli/orders/show-order";
import { lines } from "../../../functions/notify/message";
import { parseAnnouncement } from "../../../functions/notify/parse";
import { startChecksum } from "../../../local/s3/checksums/algorithms";
import {
  fileKey,
  type Manifest,
  manifestKey,
  quarantinedFileKey,
  quarantineReasonKey,
  type RunRef,
  runPrefix,
} from "../../../modules/contract";
import { LEDGER, PARTNER, TARGET, type TestLedger, testLedger } from "./setup";

const CONTENT = "Été à Séoul";
const ann = { by: "ann", reason: "the label confirms it" };

let ledger: TestLedger;
let run: RunRef;

const crc32 = (text: string): string => {
  const checksum = startChecksum("CRC32");
  checksum.update(Buffer.from(text));
  return checksum.digest().toString("base64");
};

const quarantined = async (
  content: string,
  faults: readonly string[] = ["a/ü 1.txt: wrong checksum"],
  changes: object = {},
): Promise<void> => {
  await ledger.put(TARGET, quarantinedFileKey(run, "a/ü 1.txt"), content);
  await ledger.put(TARGET, quarantineReasonKey(run), {
    schemaVersion: 1,
    ...run,
    step: "publish",
    generation: 1,
    orderId: "ORDER-1",
    bucket: TARGET,
    prefix: "in/",
    faults,
    files: [
      {
        path: "a/ü 1.txt",
        size: Buffer.byteLength(CONTENT),
        crc32: crc32(CONTENT),
        contentType: "text/plain",
      },
    ],
    quarantinedAt: "2026-03-01T21:02:00.000Z",
    ...changes,
  });
};

beforeEach(async () => {
  ledger = await testLedger();
  run = await ledger.run({ specDigest: "0".repeat(64) }, { fetch: "SUCCEEDED", publish: "FAILED" });
});

afterEach(async () => {
  await ledger.close();
});

test("a release publishes every file, the manifest last, and records who and why", async () => {
  await quarantined(CONTENT);
  ledger.s3.clearRequests();
  const { text } = await releaseOrder(ledger.cloud, [TARGET], "ORDER-1", ann);
  expect(text).toBe(`released 1 file, 15 bytes, to ${TARGET}/${manifestKey("in/", run)}`);
  expect((await ledger.s3.read(TARGET, fileKey("in/", run, "a/ü 1.txt"))).toString()).toBe(CONTENT);
  const writes = ledger.s3.requests.filter(({ method }) => method === "PUT");
  const target = writes.filter(({ bucket }) => bucket === TARGET).map(({ key }) => key);
  expect(target.at(-1)).toBe(manifestKey("in/", run));
  const manifest = (await ledger.s3.read(TARGET, manifestKey("in/", run))).toString();
  expect((JSON.parse(manifest) as Manifest).files[0]?.etag).toMatch(/^[0-9a-f]{32}$/u);
  const [action = ""] = ledger.s3.keys(LEDGER, `${runPrefix(run)}actions/`);
  expect(await ledger.read(action)).toMatchObject({ action: "release", ...ann });
  expect(ledger.s3.keys(LEDGER, `${PARTNER}/days/`)).toEqual([
    `${PARTNER}/days/2026-03-01/${run.orderKey}.1.delivered.json`,
  ]);
  const { status } = await readAttempt(ledger.cloud, { orderKey: run.orderKey, attempts: [1] });
  expect(status).toBe("delivered");
  // A release that is done again changes nothing.
  await releaseOrder(ledger.cloud, [TARGET], "ORDER-1", ann);
  expect(ledger.s3.keys(LEDGER, `${runPrefix(run)}actions/`)).toEqual([action]);
  const { text: listed } = await listQuarantine(ledger.cloud, [TARGET]);
  expect(listed).toMatch(/\n {2}released by ann at \S+: the label confirms it$/u);
});

test("a release is announced as the delivery that it is, with who decided and why", async () => {
  await quarantined(CONTENT);
  const place = { ...ledger.place, local: false };
  const announce = (decided: Decided): Promise<string> =>
    announceDecision(place, ledger.cloud, decided);
  const { text } = await releaseOrder(ledger.cloud, [TARGET], "ORDER-1", { ...ann, announce });
  expect(text.split("\n")[1]).toBe("announced to the channels of universal-music as delivered");
  const [message, ...more] = ledger.queues.announcements.all();
  expect(more).toEqual([]);
  const announcement = parseAnnouncement(message?.body ?? "");
  expect(announcement).toMatchObject({
    // As the platform names the end of a run: whoever was told of it is not told again.
    id: `${run.orderKey}.1.delivered`,
    kind: "delivered",
    severity: "info",
    environment: "local",
    orderId: "ORDER-1",
    decision: ann,
    counts: { files: 1, bytes: 15 },
  });
  expect(announcement === undefined ? [] : lines(announcement)).toEqual([
    'universal-music (local): order "ORDER-1" was delivered',
    "files: 1",
    "bytes: 15",
    "Decided by ann: the label confirms it",
  ]);
});

test("a rejection that could not be told is told by the same command again", async () => {
  await quarantined(CONTENT);
  const place = { ...ledger.place, local: false };
  const broken = (): Promise<string> => Promise.reject(new Error("the queue is gone"));
  await expect(
    rejectOrder(ledger.cloud, [TARGET], "ORDER-1", { ...ann, announce: broken }),
  ).rejects.toThrow("the queue is gone");
  const { text } = await rejectOrder(ledger.cloud, [TARGET], "ORDER-1", {
    by: "bob",
    reason: "again",
    announce: (decided) => announceDecision(place, ledger.cloud, decided),
  });
  expect(text).toContain("announced to the channels of universal-music as rejected");
  const [message] = ledger.queues.announcements.all();
  const announcement = parseAnnouncement(message?.body ?? "");
  // Who decided first has decided.
  expect(announcement).toMatchObject({ kind: "rejected", decision: ann });
  expect(announcement === undefined ? [] : lines(announcement)).toEqual([
    'universal-music (local): order "ORDER-1" was rejected by a person, it is not delivered',
    "Decided by ann: the label confirms it",
  ]);
});

test("on this machine nobody is told", async () => {
  await quarantined(CONTENT);
  const { text } = await rejectOrder(ledger.cloud, [TARGET], "ORDER-1", {
    ...ann,
    announce: (decided) => announceDecision(ledger.place, ledger.cloud, decided),
  });
  expect(text).toContain("no channel is told of it: it is on this machine");
  expect(ledger.queues.announcements.all()).toEqual([]);
});

test("the list tells faults, and what to type to decide", async () => {
  await quarantined(CONTENT);
  const { text } = await listQuarantine(ledger.cloud, [TARGET], "--env prod");
  expect(text.split("\n").map((line) => line.trim())).toEqual([
    `"ORDER-1"  ${run.orderKey}/1  2026-03-01T21:02:00.000Z  1 file, 15 bytes  undecided`,
    "fault: a/ü 1.txt: wrong checksum",
    "next: partner-ingest orders quarantine release universal-music ORDER-1 --reason 'the delivery is right as it is' --yes --env prod",
    "or:   partner-ingest orders quarantine reject universal-music ORDER-1 --reason 'the partner delivers anew' --yes --env prod",
  ]);
});

test("the list tells ten faults of a delivery, a line each, and how many more there are", async () => {
  const faults = Array.from({ length: 12 }, (_, index) => `file ${String(index)}: wrong checksum`);
  await quarantined(CONTENT, faults);
  const { text, data } = await listQuarantine(ledger.cloud, [TARGET]);
  expect(text.split("\n").slice(1, 12)).toEqual([
    ...faults.slice(0, 10).map((fault) => `  fault: ${fault}`),
    "  and 2 faults more",
  ]);
  expect(data).toMatchObject([{ reason: { faults } }]);
});

test("files that are not what was quarantined are not published", async () => {
  await quarantined(`${CONTENT.slice(0, -1)}x`);
  await expect(releaseOrder(ledger.cloud, [TARGET], "ORDER-1", ann)).rejects.toThrow(
    `is not what was quarantined: 15 bytes with CRC-32 ${crc32(`${CONTENT.slice(0, -1)}x`)}, the quarantine says 15 with ${crc32(CONTENT)}; nothing is published`,
  );
  expect(ledger.s3.object(TARGET, manifestKey("in/", run))).toBeUndefined();
});

test.each([
  ["bucket", "of-others", TARGET],
  ["orderKey", "other-0123456789ab", undefined],
  ["attempt", 2, 1],
] as const)("nothing is copied for a reason that tells another %s", async (name, told, own) => {
  await quarantined(CONTENT, [], { [name]: told });
  ledger.s3.clearRequests();
  for (const act of [releaseOrder, rejectOrder])
    await expect(act(ledger.cloud, [TARGET], "ORDER-1", ann)).rejects.toThrow(
      `${JSON.stringify(quarantineReasonKey(run))} tells ${name} ${JSON.stringify(told)}, and lies where ${name} is ` +
        `${JSON.stringify(own ?? run.orderKey)}; no step of the worker wrote it so: nothing is decided, find out who did`,
    );
  expect(ledger.s3.requests.filter(({ method }) => method === "PUT")).toEqual([]);
});

test("a rejection is final", async () => {
  await quarantined(CONTENT);
  await rejectOrder(ledger.cloud, [TARGET], "ORDER-1", ann);
  await expect(releaseOrder(ledger.cloud, [TARGET], "ORDER-1", ann)).rejects.toThrow(
    /^attempt 1 of order-1-[0-9a-f]{12} was rejected by ann at [^;]+; a decision is final, do the order again for another delivery$/u,
  );
});

test("fails when the order is not in quarantine", async () => {
  await expect(rejectOrder(ledger.cloud, [TARGET], "ORDER-1", ann)).rejects.toThrow(
    '"ORDER-1" of universal-music is not in quarantine; orders quarantine list universal-music tells what is',
  );
  expect((await listQuarantine(ledger.cloud, [TARGET])).text).toBe(
    "nothing of universal-music is in quarantine",
  );
});

test("what is too large for one request is copied in parts, with the checksum of the whole", async () => {
  const content = "0123456789ab".repeat(1_000_000);
  await ledger.put(TARGET, "from", content);
  await copyObject(
    ledger.cloud.s3,
    {
      bucket: TARGET,
      source: "from",
      target: TARGET,
      key: "to",
      size: content.length,
      contentType: "text/plain",
    },
    { oneCopy: 1024 ** 2, part: 5 * 1024 ** 2 },
  );
  expect((await ledger.s3.read(TARGET, "to")).toString()).toBe(content);
  expect(ledger.s3.requests.filter(({ operation }) => operation === "UploadPartCopy")).toHaveLength(
    3,
  );
});
