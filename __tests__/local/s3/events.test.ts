import { CopyObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { ObjectCreatedEvent } from "../../../local/s3";
import { beginUpload } from "./conformance/multipart";
import { Probe } from "./conformance/probe";
import { running, type Running } from "./support/running";

const events: ObjectCreatedEvent[] = [];
let server: Running;

beforeAll(async () => {
  server = await running({
    region: "eu-west-1",
    account: "210987654321",
    buckets: [
      { name: "landing", eventBridge: true },
      { name: "versioned", eventBridge: true, versioned: true },
      { name: "silent" },
    ],
    onEvent: (event) => events.push(event),
  });
});

afterAll(async () => {
  await server.close();
});

beforeEach(() => {
  events.length = 0;
});

async function emitted(count: number): Promise<ObjectCreatedEvent[]> {
  while (events.length < count) await new Promise((resolve) => setImmediate(resolve));
  return events;
}

test("a new object is told in EventBridge's form, its key as it is", async () => {
  const { headers } = await server.put("a b/c+d%20ü", "content");
  const [event] = await emitted(1);
  expect(event).toEqual({
    version: "0",
    id: expect.stringMatching(/^[0-9a-f-]{36}$/u) as string,
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "210987654321",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u) as string,
    region: "eu-west-1",
    resources: ["arn:aws:s3:::landing"],
    detail: {
      version: "0",
      bucket: { name: "landing" },
      object: {
        key: "a b/c+d%20ü",
        size: 7,
        etag: (headers.etag ?? "").replaceAll('"', ""),
        sequencer: expect.stringMatching(/^[0-9A-F]{18}$/u) as string,
      },
      "request-id": headers["x-amz-request-id"],
      requester: "210987654321",
      "source-ip-address": "127.0.0.1",
      reason: "PutObject",
    },
  });
});

test("the version is told in versioned buckets", async () => {
  const { VersionId } = await server.client.send(
    new PutObjectCommand({ Bucket: "versioned", Key: "key", Body: "x" }),
  );
  const [event] = await emitted(1);
  expect(event?.detail.object["version-id"]).toBe(VersionId);
});

test("copies and completed uploads are told, parts and refused writes are not", async () => {
  await server.put("source", "content");
  await server.put("source", "again", { "if-none-match": "*" });
  await server.client.send(
    new CopyObjectCommand({ Bucket: "landing", Key: "copy", CopySource: "landing/source" }),
  );
  const probe = new Probe(server.s3.endpoint, { accessKeyId: "a", secretAccessKey: "b" });
  const upload = await beginUpload(probe, "landing", "upload");
  await upload.complete([await upload.send(1, Buffer.from("content"))]);
  probe.close();
  await server.raw({ method: "DELETE", path: "/landing/source" });
  await server.raw({ method: "PUT", path: "/silent/key", body: "x" });
  await server.put("last", "x");
  const told = await emitted(4);
  expect(told.map(({ detail }) => [detail.object.key, detail.reason])).toEqual([
    ["source", "PutObject"],
    ["copy", "CopyObject"],
    ["upload", "CompleteMultipartUpload"],
    ["last", "PutObject"],
  ]);
});

test("sequencers grow with the writes, however fast they come", async () => {
  await Promise.all(Array.from({ length: 200 }, (_, index) => server.put("key", String(index))));
  const sequencers = (await emitted(200)).map(({ detail }) => detail.object.sequencer);
  expect(sequencers).toEqual([...new Set(sequencers)].sort());
  const last = events.at(-1)?.detail.object.etag;
  expect(server.s3.object("landing", "key")?.etag).toBe(last);
});

test("an event whose answer is lost is told all the same", async () => {
  server.s3.setFaults({
    rules: [{ fault: { kind: "reset", at: "answer" }, operation: "PutObject" }],
  });
  await server.put("key", "x").catch(() => undefined);
  server.s3.setFaults({ rules: [] });
  expect(await emitted(1)).toHaveLength(1);
});
