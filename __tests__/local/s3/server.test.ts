import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { Agent } from "node:https";
import { connect } from "node:net";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { startS3 } from "../../../local/s3";
import { outcome, running, type Running } from "./support/running";
import { TEST_TLS } from "./support/tls";

describe("a running server", () => {
  let server: Running;

  beforeAll(async () => {
    server = await running();
  });

  afterAll(async () => {
    await server.close();
  });

  /** Opens a raw connection and sends the beginning of an upload. */
  async function beginPut(key: string, length: number, headers = "") {
    const { port } = new URL(server.s3.endpoint);
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(
      `PUT /landing/${key} HTTP/1.1\r\nhost: x\r\ncontent-length: ${String(length)}\r\n${headers}\r\n`,
    );
    return socket;
  }

  async function logged(count: number): Promise<void> {
    while (server.s3.requests.length < count) await new Promise((resolve) => setImmediate(resolve));
  }

  test("an upload whose connection ends midway leaves nothing, and what was there stays", async () => {
    await server.put("victim", "before");
    server.s3.clearRequests();
    for (const key of ["victim", "never"]) {
      const socket = await beginPut(key, 1_000_000);
      socket.write(Buffer.alloc(500_000));
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.resetAndDestroy();
    }
    await logged(2);
    expect(server.s3.requests.map(({ status }) => status)).toEqual([0, 0]);
    expect((await server.get("victim")).text).toBe("before");
    expect(server.s3.object("landing", "never")).toBeUndefined();
  });

  test("a conditional write answers 409 when the key was written while its body came", async () => {
    const socket = await beginPut("race", 4, "if-none-match: *\r\n");
    socket.write("ab");
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.put("race", "other");
    socket.write("cd");
    const [answer] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 409 [\s\S]*ConditionalRequestConflict/u);
    expect((await server.get("race")).text).toBe("other");
  });

  test("a conditional write answers 409 when the key was deleted while its body came", async () => {
    await server.put("race", "before");
    const etag = server.s3.object("landing", "race")?.etag ?? "";
    const socket = await beginPut("race", 4, `if-match: "${etag}"\r\n`);
    socket.write("ab");
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.raw({ method: "DELETE", path: "/landing/race" });
    socket.write("cd");
    const [answer] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 409 /u);
    expect(server.s3.object("landing", "race")).toBeUndefined();
  });

  test.each([
    ["landing", [false, 412]],
    ["missing", [false, 404]],
    ["fresh", [true, 200]],
  ])("a client that asks first is told before it sends: %s", async (what, expected) => {
    await server.put("landing", "before");
    const { port } = new URL(server.s3.endpoint);
    const path = what === "missing" ? "/no-such-bucket/key" : `/landing/${what}`;
    const request = httpRequest({
      port,
      host: "127.0.0.1",
      method: "PUT",
      path,
      headers: { expect: "100-continue", "content-length": 7, "if-none-match": "*" },
    });
    let continued = false;
    request.on("continue", () => {
      continued = true;
      request.end("content");
    });
    request.flushHeaders();
    const [response] = (await once(request, "response")) as [import("node:http").IncomingMessage];
    response.resume();
    request.destroy();
    expect([continued, response.statusCode]).toEqual(expected);
  });

  test("requests that are no S3 requests are answered and logged", async () => {
    server.s3.clearRequests();
    const send = (method: string, path: string, query = {}): Promise<string> =>
      outcome(server.raw({ method, path, query }));
    expect(await send("PATCH", "/landing/key")).toBe("405 MethodNotAllowed");
    expect(await send("POST", "/landing/key")).toBe("405 MethodNotAllowed");
    expect(await send("PUT", "/")).toBe("405 MethodNotAllowed");
    expect(await send("GET", "//key")).toBe("400 InvalidURI");
    expect(await send("GET", "/landing", { lifecycle: "" })).toBe("501 NotImplemented");
    expect(server.s3.requests.map(({ operation }) => operation)).toEqual(
      Array.from({ length: 5 }, () => "Unknown"),
    );
  });

  test.each(["/landing/%zz", "/landing/%ff", "/landing/%"])(
    "the address %s can not be read",
    async (path) => {
      const { port } = new URL(server.s3.endpoint);
      const request = httpRequest({ port, host: "127.0.0.1", path }).end();
      const [response] = (await once(request, "response")) as [import("node:http").IncomingMessage];
      response.resume();
      expect(response.statusCode).toBe(400);
    },
  );

  test.each([
    ["x-amz-tagging", "a=b"],
    ["x-amz-object-lock-mode", "GOVERNANCE"],
    ["x-amz-website-redirect-location", "/x"],
    ["x-amz-server-side-encryption-customer-algorithm", "AES256"],
    ["x-amz-grant-read", "id=1"],
    ["x-amz-checksum-xxhash64", "AAAAAAAAAAA="],
    ["if-modified-since", "Mon, 01 Jan 2001 00:00:00 GMT"],
  ])("a write with %s, which is not offered, is not done in silence", async (name, value) => {
    const answer = await server.put("unoffered", "x", { [name]: value });
    expect([answer.status, answer.code]).toEqual([501, "NotImplemented"]);
    expect(answer.text).toContain(`<Header>${name}</Header>`);
    expect(server.s3.object("landing", "unoffered")).toBeUndefined();
  });

  test.each([
    [{ "x-amz-acl": "public-read" }, "400 AccessControlListNotSupported"],
    [{ "x-amz-acl": "bucket-owner-full-control" }, "200"],
    [{ "x-amz-server-side-encryption": "rot13" }, "400 InvalidEncryptionAlgorithmError"],
    [{ "x-amz-server-side-encryption-aws-kms-key-id": "k" }, "400 InvalidRequest"],
    [{ "x-amz-expected-bucket-owner": "me" }, "400 InvalidBucketOwnerAWSAccountID"],
    [{ "x-amz-expected-bucket-owner": "123456789012" }, "200"],
    [{ "x-amz-content-sha256": "nonsense" }, "400 InvalidArgument"],
    [{ "x-amz-trailer": "x-amz-checksum-crc32" }, "400 InvalidRequest"],
    [{ "x-amz-content-sha256": "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" }, "501 NotImplemented"],
  ])("a write with %j is answered %s", async (headers, expected) => {
    expect(await outcome(server.put("headers", "x", headers as Record<string, string>))).toBe(
      expected,
    );
  });

  test("the log tells what each request was", async () => {
    server.s3.clearRequests();
    await server.put("logged", "12345");
    await server.get("logged", { range: "bytes=1-2" });
    await server.get("nothing");
    expect(server.s3.requests).toMatchObject([
      {
        operation: "PutObject",
        method: "PUT",
        bucket: "landing",
        key: "logged",
        status: 200,
        bytesReceived: 5,
        bytesSent: 0,
      },
      { operation: "GetObject", status: 206, bytesReceived: 0, bytesSent: 2, range: "bytes=1-2" },
      { operation: "GetObject", status: 404, errorCode: "NoSuchKey" },
    ]);
    server.s3.clearRequests();
    expect(server.s3.requests).toEqual([]);
  });

  test("the ETag of a small object is its MD5; that of a large one says nothing and is not of that form", async () => {
    await server.put("small", "hello");
    expect(server.s3.object("landing", "small")?.etag).toBe("5d41402abc4b2a76b9719d911017c592");
    await server.put("large", Buffer.alloc(100_000));
    expect(server.s3.object("landing", "large")?.etag).toMatch(/^[0-9a-f]{32}-1$/u);
  });

  test("a test can look at what is stored, and is told what is not there", async () => {
    await server.put("seen", "content", {
      "content-type": "text/plain",
      "x-amz-checksum-crc32": "qsVtEw==",
    });
    expect(server.s3.object("landing", "seen")).toBeUndefined();
    await server.put("seen", "content", { "content-type": "text/plain" });
    expect(server.s3.object("landing", "seen")).toMatchObject({
      key: "seen",
      versionId: "null",
      size: 7,
      headers: { "content-type": "text/plain", "x-amz-server-side-encryption": "AES256" },
      checksum: undefined,
      partSizes: undefined,
    });
    expect(server.s3.keys("landing", "se")).toEqual(["seen"]);
    await expect(server.s3.read("landing", "nothing")).rejects.toThrow(
      'bucket "landing" holds no object "nothing"',
    );
    expect(() => server.s3.keys("other")).toThrow('no bucket "other"; the buckets are ["landing"]');
    expect(() => {
      server.s3.createBucket({ name: "No" });
    }).toThrow('buckets[0].name: a bucket name must have 3 to 63 characters, got "No"');
  });
});

test("HTTPS is served with a key and a certificate", async () => {
  const s3 = await startS3({ tls: TEST_TLS, buckets: [{ name: "landing" }] });
  expect(s3.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/u);
  const httpsAgent = new Agent({ ca: TEST_TLS.cert });
  const client = new S3Client({
    endpoint: s3.endpoint,
    region: s3.region,
    forcePathStyle: true,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    requestHandler: new NodeHttpHandler({ httpsAgent }),
    maxAttempts: 1,
  });
  const at = { Bucket: "landing", Key: "key" };
  await client.send(new PutObjectCommand({ ...at, Body: Buffer.alloc(3_000_000, 1) }));
  const { Body } = await client.send(new GetObjectCommand(at));
  expect(
    Buffer.alloc(3_000_000, 1).equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0)),
  ).toBe(true);
  s3.setFaults({ rules: [{ fault: { kind: "reset", at: "start" } }] });
  await expect(client.send(new GetObjectCommand(at))).rejects.toThrow();
  client.destroy();
  await s3.close();
});

test("a server ends while a request is stalled", async () => {
  const server = await running({
    faults: { rules: [{ fault: { kind: "stall", at: "start" } }] },
  });
  const stalled = outcome(server.get("key"));
  await new Promise((resolve) => setTimeout(resolve, 30));
  await server.close();
  expect(await stalled).toBe("ECONNRESET");
});

test("fails when a bucket's name can not be one, a port is taken", async () => {
  await expect(
    startS3({ buckets: [{ name: "ok-name" }, { name: "a..b" }, { name: "UP" }] }),
  ).rejects.toThrow(
    [
      'buckets[1].name: a bucket name may not hold two dots in a row, got "a..b"',
      'buckets[2].name: a bucket name must have 3 to 63 characters, got "UP"',
    ].join("\n"),
  );
  const first = await startS3();
  const port = Number(new URL(first.endpoint).port);
  await expect(startS3({ port })).rejects.toThrow(
    `port ${String(port)} of 127.0.0.1 is in use; name another one, or none to take a free one`,
  );
  await first.close();
});
