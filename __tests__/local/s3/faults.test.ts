import { CompleteMultipartUploadCommand } from "@aws-sdk/client-s3";
import type { FaultPlan, FaultRule } from "../../../local/s3";
import { FaultInjector } from "../../../local/s3/faults/injector";
import { outcome, running, type Running } from "./support/running";

let server: Running;

beforeAll(async () => {
  server = await running();
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  server.s3.setFaults({ rules: [] });
  await server.put("object", "0123456789");
  server.s3.clearRequests();
});

const inject = (...rules: FaultRule[]): void => {
  server.s3.setFaults({ rules });
};

test.each([
  ["SlowDown", "503 SlowDown"],
  ["InternalError", "500 InternalError"],
  ["ConditionalRequestConflict", "409 ConditionalRequestConflict"],
] as const)("the error %s is answered and nothing is done", async (code, expected) => {
  inject({ fault: { kind: "error", code }, operation: "PutObject", times: 1 });
  expect(await outcome(server.put("new", "x"))).toBe(expected);
  expect(server.s3.object("landing", "new")).toBeUndefined();
  expect(server.s3.requests.at(-1)).toMatchObject({ fault: `error ${code}`, errorCode: code });
  expect(await outcome(server.put("new", "x"))).toBe("200");
  expect(server.s3.requests.at(-1)).toMatchObject({ fault: undefined, errorCode: undefined });
  await server.raw({ method: "DELETE", path: "/landing/new" });
});

test("a connection is reset before anything is done", async () => {
  inject({ fault: { kind: "reset", at: "start" } });
  expect(await outcome(server.put("new", "x"))).toBe("ECONNRESET");
  expect(server.s3.object("landing", "new")).toBeUndefined();
  expect(server.s3.requests.at(-1)).toMatchObject({ status: 0, fault: "reset at start" });
});

test("a connection is reset in the middle of an upload, of which nothing stays", async () => {
  inject({ fault: { kind: "reset", at: "body" } });
  expect(await outcome(server.put("new", Buffer.alloc(3_000_000)))).toMatch(/ECONNRESET|EPIPE/u);
  expect(server.s3.object("landing", "new")).toBeUndefined();
});

test("an answer is lost after the work is done", async () => {
  inject({ fault: { kind: "reset", at: "answer" }, operation: "PutObject" });
  expect(await outcome(server.put("done", "x"))).toBe("ECONNRESET");
  expect(server.s3.object("landing", "done")).toMatchObject({ size: 1 });
  await server.raw({ method: "DELETE", path: "/landing/done" });
});

test("a download is reset, or ends, in the middle", async () => {
  inject({ fault: { kind: "reset", at: "body", afterBytes: 3 } });
  expect(await outcome(server.get("object"))).toBe("ECONNRESET");
  expect(server.s3.requests.at(-1)).toMatchObject({ bytesSent: 3 });
  inject({ fault: { kind: "truncate", afterBytes: 4 } });
  expect(await outcome(server.get("object"))).toBe("ECONNRESET");
  expect(server.s3.requests.at(-1)).toMatchObject({ bytesSent: 4, fault: "truncate" });
});

test("one byte of a download is wrong, and the stored object is not", async () => {
  inject({ fault: { kind: "corrupt" }, times: 1 });
  const { body } = await server.get("object");
  const original = await server.s3.read("landing", "object");
  const different = [...body].flatMap((byte, index) => (byte === original[index] ? [] : [index]));
  expect(body).toHaveLength(10);
  expect(different).toEqual([5]);
  expect((await server.get("object")).text).toBe("0123456789");
});

test("a large download is wrong exactly at the byte that was asked for", async () => {
  const content = Buffer.alloc(1_000_000, 7);
  await server.put("large", content);
  inject({ fault: { kind: "corrupt", atByte: 999_999 } });
  const { body } = await server.get("large");
  expect(body.subarray(0, -1).equals(content.subarray(0, -1))).toBe(true);
  expect(body.at(-1)).toBe(7 ^ 0xff);
});

test.each(["start", "body", "answer"] as const)("a stall at %s ends by itself", async (at) => {
  inject({ fault: { kind: "stall", at, milliseconds: 60 } });
  const begun = performance.now();
  expect((await server.get("object")).text).toBe("0123456789");
  expect(performance.now() - begun).toBeGreaterThan(50);
});

test("a stalled upload goes on when the stall ends", async () => {
  inject({ fault: { kind: "stall", at: "body", milliseconds: 60 }, operation: "PutObject" });
  const content = Buffer.alloc(2_000_000, 1);
  expect(await outcome(server.put("stalled", content))).toBe("200");
  expect((await server.s3.read("landing", "stalled")).equals(content)).toBe(true);
});

test("latencies of several rules add up, in front of another fault", async () => {
  const latency = { fault: { kind: "latency", milliseconds: 40 } } as const;
  inject(latency, latency, { fault: { kind: "error", code: "SlowDown" } });
  const begun = performance.now();
  expect(await outcome(server.get("object"))).toBe("503 SlowDown");
  expect(performance.now() - begun).toBeGreaterThan(70);
});

test("completing an upload answers 200 with an error in it, and the upload is not complete", async () => {
  const at = { Bucket: "landing", Key: "multipart" };
  const created = await server.raw({
    method: "POST",
    path: "/landing/multipart",
    query: { uploads: "" },
  });
  const UploadId = /<UploadId>(.*)<\/UploadId>/u.exec(created.text)?.[1] ?? "";
  const query = { partNumber: "1", uploadId: UploadId };
  const part = await server.raw({ method: "PUT", path: "/landing/multipart", query, body: "x" });
  const command = new CompleteMultipartUploadCommand({
    ...at,
    UploadId,
    MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.headers.etag ?? "" }] },
  });
  inject({
    fault: { kind: "error-in-200", code: "InternalError" },
    operation: "CompleteMultipartUpload",
    times: 1,
  });
  await expect(server.client.send(command)).rejects.toMatchObject({ name: "InternalError" });
  expect(server.s3.requests.at(-1)).toMatchObject({ status: 200, errorCode: "InternalError" });
  expect(server.s3.object("landing", "multipart")).toBeUndefined();
  await server.client.send(command);
  expect(server.s3.object("landing", "multipart")).toMatchObject({ size: 1 });
});

describe("a rule", () => {
  const target = {
    operation: "UploadPart",
    bucket: "landing",
    key: "in/a.flac",
    partNumber: 2,
  } as const;
  const fault = { kind: "error", code: "SlowDown" } as const;
  const hits = (plan: FaultPlan, times: number): number[] => {
    const injector = new FaultInjector(plan);
    return Array.from({ length: times }, (_, index) => index + 1).filter(
      () => injector.decide(target) !== undefined,
    );
  };

  test.each<[Omit<FaultRule, "fault">, boolean]>([
    [{}, true],
    [{ operation: "UploadPart" }, true],
    [{ operation: ["PutObject", "UploadPart"] }, true],
    [{ operation: "PutObject" }, false],
    [{ bucket: "landing" }, true],
    [{ bucket: "other" }, false],
    [{ key: "in/a.flac" }, true],
    [{ key: "in/*" }, true],
    [{ key: "*.flac" }, true],
    [{ key: "in/aXflac" }, false],
    [{ key: "in" }, false],
    [{ partNumber: 2 }, true],
    [{ partNumber: 3 }, false],
    [{ bucket: "landing", partNumber: 3 }, false],
  ])("%j hits part 2 of in/a.flac: %s", (conditions, expected) => {
    expect(hits({ rules: [{ ...conditions, fault }] }, 1)).toEqual(expected ? [1] : []);
  });

  test("hits the requests that it names by number, or so many", () => {
    expect(hits({ rules: [{ fault, nth: 2 }] }, 4)).toEqual([2]);
    expect(hits({ rules: [{ fault, nth: [1, 3] }] }, 4)).toEqual([1, 3]);
    expect(hits({ rules: [{ fault, times: 2 }] }, 4)).toEqual([1, 2]);
  });

  test("hits by chance, and by the same chance again", () => {
    const plan = { seed: 7, rules: [{ fault, probability: 0.3 }] };
    const first = hits(plan, 1000);
    expect(first.length).toBeGreaterThan(230);
    expect(first.length).toBeLessThan(370);
    expect(hits(plan, 1000)).toEqual(first);
    expect(hits({ ...plan, seed: 8 }, 1000)).not.toEqual(first);
  });

  test("fails when its numbers can not be", () => {
    expect(() =>
      hits(
        {
          rules: [
            { fault, probability: 2 },
            { fault, times: 0, nth: [1, 1.5] },
          ],
        },
        1,
      ),
    ).toThrow(
      [
        "faults.rules[0].probability must be between 0 and 1, got 2",
        "faults.rules[1].times must be a whole number from 1, got 0",
        "faults.rules[1].nth must be a whole number from 1, got 1.5",
      ].join("\n"),
    );
  });
});
