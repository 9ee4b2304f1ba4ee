import { startS3, type LocalS3 } from "../../../local/s3";
import { DiscardingBlobs } from "../../../local/s3/store/discarding-blobs";

let s3: LocalS3;

beforeAll(async () => {
  s3 = await startS3({ buckets: [{ name: "bench" }], discardAbove: 4 });
});

afterAll(() => s3.close());

function put(key: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${s3.endpoint}/bench/${key}`, { method: "PUT", body, headers });
}

test("what is not longer than the bound can be read again", async () => {
  expect((await put("short", "1234")).status).toBe(200);
  expect(await (await fetch(`${s3.endpoint}/bench/short`)).text()).toBe("1234");
});

test("what is longer is listed with its size", async () => {
  expect((await put("long", "12345")).status).toBe(200);
  const head = await fetch(`${s3.endpoint}/bench/long`, { method: "HEAD" });
  expect(head.headers.get("content-length")).toBe("5");
});

test("what is longer is not kept: reading it fails, rather than giving other bytes", async () => {
  const blobs = new DiscardingBlobs(4);
  const writer = blobs.write(5);
  writer.write(Buffer.from("12345"));
  await writer.finish();
  const read = async (): Promise<void> => {
    for await (const piece of blobs.read(writer.id, 0, 5)) expect(piece).toBeUndefined();
  };
  await expect(read()).rejects.toThrow(`blob ${writer.id} is gone`);
});

test("a wrong checksum is refused, kept or not", async () => {
  const answer = await put("wrong", "12345", { "x-amz-checksum-crc32": "AAAAAA==" });
  expect(await answer.text()).toContain("<Code>BadDigest</Code>");
  const head = await fetch(`${s3.endpoint}/bench/wrong`, { method: "HEAD" });
  expect(head.status).toBe(404);
});
