import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { CreateMultipartUploadCommand, type S3Client } from "@aws-sdk/client-s3";
import { s3Client } from "../../../../images/worker/src/aws/clients";
import { Log } from "../../../../images/worker/src/log";
import { identityOf } from "../../../../images/worker/src/publish/scan";
import { StepError } from "../../../../images/worker/src/step/step-error";
import { crc32Text } from "../../../../images/worker/src/upload/crc32";
import type { SentFile, UploadFile } from "../../../../images/worker/src/upload/file-sender";
import { inFlight } from "../../../../images/worker/src/upload/in-flight";
import { sendPart } from "../../../../images/worker/src/upload/multipart";
import { withSource } from "../../../../images/worker/src/upload/source-file";
import { uploadFiles } from "../../../../images/worker/src/upload/uploader";
import {
  CREDENTIALS,
  LANDING,
  REGION,
  startTestS3,
  type SeenFault,
  type SeenRequest,
  type TestS3,
} from "../../support/test-s3";

const MIB = 1024 ** 2;
const directory = mkdtempSync(join(tmpdir(), "uploader-"));
const before = { ...process.env };
let s3: TestS3;
let client: S3Client;

beforeEach(async () => {
  s3 = await startTestS3();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  });
  client = s3Client({ region: REGION, pathStyle: true });
});
afterEach(async () => {
  client.destroy();
  await s3.close();
  process.env = { ...before };
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function file(path: string, content: Buffer): Promise<UploadFile> {
  const location = join(directory, path);
  writeFileSync(location, content);
  return {
    path,
    location,
    identity: identityOf(await lstat(location, { bigint: true })),
    key: `to/${path}`,
    contentType: "application/octet-stream",
  };
}

const progress = { bytes: 0, files: 0 };

function upload(
  files: readonly UploadFile[],
  stop: AbortSignal = new AbortController().signal,
): Promise<ReadonlyMap<string, SentFile>> {
  Object.assign(progress, { bytes: 0, files: 0 });
  return uploadFiles(
    {
      client,
      bucket: LANDING,
      log: new Log({}, () => undefined),
      stop,
      known: new Set(),
      onProgress: (bytes, count) => {
        progress.bytes += bytes;
        progress.files += count;
      },
    },
    files,
  );
}

/** Answers the n-th request of a kind with a fault. */
function faultAt(
  matches: (request: SeenRequest) => boolean,
  fault: SeenFault,
  at: readonly number[] = [1],
): void {
  let count = 0;
  s3.fault = (request) => {
    if (!matches(request)) return undefined;
    count += 1;
    return at.includes(count) ? fault : undefined;
  };
}

const isPut = ({ method, query }: SeenRequest): boolean =>
  method === "PUT" && !query.has("partNumber");
const isPart = ({ query }: SeenRequest): boolean => query.has("partNumber");
const isComplete = ({ method, query }: SeenRequest): boolean =>
  method === "POST" && query.has("uploadId");

const SMALL = Buffer.from("small");
const LARGE = Buffer.alloc(20 * MIB, "abcdefg");

test("uploads files of all sizes, large ones first", async () => {
  const files = [
    await file("empty", Buffer.alloc(0)),
    await file("small", SMALL),
    await file("whole", LARGE.subarray(0, 8 * MIB)),
    await file("two parts", LARGE.subarray(0, 8 * MIB + 1)),
    await file("large", LARGE),
  ];
  const sent = await upload(files);
  for (const { key, location } of files) {
    const handle = await open(location);
    const body = await s3.read(LANDING, key);
    expect(body.equals(await handle.readFile())).toBe(true);
    await handle.close();
    expect(sent.get(key)).toMatchObject({ how: "sent", crc32: crc32Text(crc32(body)) });
    expect(s3.crc32(LANDING, key)).toBe(crc32Text(crc32(body)));
  }
  const begun = [...new Set(s3.requests.map(({ key }) => key))];
  expect(begun.indexOf("to/large")).toBeLessThan(begun.indexOf("to/small"));
  expect(progress).toEqual({ bytes: 36 * MIB + 1 + 5, files: 5 });
  expect(s3.requests.every(({ headers }) => headers.expect === undefined)).toBe(true);
});

test("uploads hundreds of small files over a few connections", async () => {
  const files = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      file(`n${String(index)}`, Buffer.from(`content ${String(index)}`)),
    ),
  );
  await upload(files);
  expect(s3.keys(LANDING)).toHaveLength(300);
  expect(await s3.text(LANDING, "to/n299")).toBe("content 299");
});

describe("sends again", () => {
  test.each<[string, (request: SeenRequest) => boolean, SeenFault]>([
    ["an object after a 503", isPut, { status: 503, code: "SlowDown" }],
    ["an object after a broken connection", isPut, "reset"],
    ["a part after a 500", isPart, { status: 500, code: "InternalError" }],
    ["a part after a broken connection", isPart, "reset"],
  ])("%s", async (_, matches, fault) => {
    faultAt(matches, fault);
    await upload([await file("small", SMALL), await file("large", LARGE)]);
    expect((await s3.read(LANDING, "to/large")).equals(LARGE)).toBe(true);
    expect(await s3.text(LANDING, "to/small")).toBe("small");
  });

  test("an object after a 409", async () => {
    faultAt(isPut, { status: 409, code: "ConditionalRequestConflict" }, [1, 2]);
    await upload([await file("small", SMALL)]);
    expect(await s3.text(LANDING, "to/small")).toBe("small");
  });

  test("all parts in a new upload after a 409, without leaving the old one", async () => {
    faultAt(isComplete, { status: 409, code: "ConditionalRequestConflict" });
    await upload([await file("large", LARGE)]);
    expect(s3.requests.filter(({ query }) => query.has("uploads"))).toHaveLength(2);
    expect(s3.uploads(LANDING)).toBe(0);
    expect((await s3.read(LANDING, "to/large")).equals(LARGE)).toBe(true);
  });
});

describe("takes for success", () => {
  test.each([
    ["an object", isPut, "small", SMALL],
    ["a completed upload", isComplete, "large", LARGE],
  ])("%s whose answer was lost", async (_, matches, name, content) => {
    faultAt(matches, "lost");
    const sent = await upload([await file(name, content)]);
    expect(sent.get(`to/${name}`)?.how).toBe("there");
    expect((await s3.read(LANDING, `to/${name}`)).equals(content)).toBe(true);
    expect(s3.uploads(LANDING)).toBe(0);
  });
});

describe("stops", () => {
  test("at the first failure, and removes uploads that were begun", async () => {
    s3.fault = ({ query }) =>
      query.get("partNumber") === "2" ? { status: 403, code: "AccessDenied" } : undefined;
    const small = await Promise.all(
      Array.from({ length: 50 }, (_, index) => file(`s${String(index)}`, SMALL)),
    );
    const large = await Promise.all(["l1", "l2", "l3"].map((name) => file(name, LARGE)));
    await expect(upload([...small, ...large])).rejects.toThrow("AccessDenied");
    expect(s3.uploads(LANDING)).toBe(0);
  });

  test("when the target holds other bytes", async () => {
    await s3.put(LANDING, "to/large", "small");
    await expect(upload([await file("large", LARGE)])).rejects.toThrow(
      `the bucket "landing" holds other bytes under "to/large": 5 bytes with CRC-32 ${crc32Text(crc32(SMALL))}, ` +
        `expected 20971520 bytes with CRC-32 ${crc32Text(crc32(LARGE))}; ` +
        "nothing was overwritten: start a new attempt of the order, which has keys of its own",
    );
    expect(s3.uploads(LANDING)).toBe(0);
    expect(await s3.text(LANDING, "to/large")).toBe("small");
  });

  test("when the target holds bytes that it has no CRC-32 of", async () => {
    await s3.put(LANDING, "to/small", "small", "SHA256");
    await expect(upload([await file("small", SMALL)])).rejects.toThrow("CRC-32 unknown");
  });

  test("when a file changed after the scan, before its object appears", async () => {
    const large = await file("large", LARGE);
    s3.fault = ({ query }) => {
      if (query.get("partNumber") === "1") writeFileSync(large.location, LARGE.fill("x", 0, 1));
      return undefined;
    };
    await expect(upload([large])).rejects.toThrow(
      'the file "large" changed while it was read; ' +
        "something still writes to staging: let the partner's program end only when all is written",
    );
    expect(s3.has(LANDING, "to/large")).toBe(false);
    expect(s3.uploads(LANDING)).toBe(0);
  });

  test("when a link took the place of a file", async () => {
    const small = await file("replaced", SMALL);
    rmSync(small.location);
    symlinkSync("/etc/passwd", small.location);
    await expect(upload([small])).rejects.toThrow('the file "replaced" changed while it was read');
    rmSync(small.location);
  });

  test("when it is told to", async () => {
    const stop = new AbortController();
    s3.fault = ({ query }) => {
      if (query.get("partNumber") === "1") stop.abort(new Error("told to stop by SIGTERM"));
      return undefined;
    };
    await expect(upload([await file("large", LARGE)], stop.signal)).rejects.toThrow(
      "told to stop by SIGTERM",
    );
    // Its parts are what the next attempt goes on from.
    expect(s3.uploads(LANDING)).toBe(1);
  });
});

describe("told to stop", () => {
  /** Stops when all three parts are on their way and none has arrived. */
  async function stopWithAllOnTheirWay(reason: Error): Promise<void> {
    // The first body tells where the bucket is; it goes by another way.
    await upload([await file("first", SMALL)]);
    const stop = new AbortController();
    let waiting = 0;
    let goOn = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (goOn = resolve));
    s3.fault = async (request) => {
      if (!isPart(request)) return undefined;
      waiting += 1;
      if (waiting === 3) {
        stop.abort(reason);
        goOn();
      }
      await stopped;
      return undefined;
    };
    await expect(upload([await file("large", LARGE)], stop.signal)).rejects.toThrow(reason.message);
    expect(s3.uploads(LANDING)).toBe(1);
    expect(s3.has(LANDING, "to/large")).toBe(false);
  }

  test("the parts that are on their way arrive, no object is completed", async () => {
    await stopWithAllOnTheirWay(new Error("told to stop by SIGTERM"));
    expect(progress).toEqual({ bytes: LARGE.length, files: 0 });
    expect(s3.parts(LANDING)).toBe(3);
  });

  test("by the loss of the lock, nothing more is waited for", async () => {
    await stopWithAllOnTheirWay(new StepError("superseded", "another worker has taken over"));
    expect(progress).toEqual({ bytes: 0, files: 0 });
  });

  test("what does not arrive in the time left is ended", async () => {
    const stop = new AbortController();
    const { signal, release } = inFlight(stop.signal, new AbortController().signal, 1);
    const ended = once(signal, "abort");
    stop.abort(new Error("told to stop by SIGTERM"));
    expect(signal.aborted).toBe(false);
    await ended;
    expect((signal.reason as Error).message).toBe("told to stop by SIGTERM");
    release();
  });
});

test("reads a part that is too long to be held from its file, as often as it is sent", async () => {
  const content = Buffer.alloc(7 * MIB + 3, "0123456789abc");
  const source = await file("long", content);
  const target = { client, bucket: LANDING, signal: new AbortController().signal };
  const { UploadId = "" } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: LANDING, Key: "to/long" }),
  );
  const received: string[] = [];
  let puts = 0;
  s3.fault = (request) => {
    if (!isPart(request)) return undefined;
    puts += 1;
    received.push(request.headers["content-length"] ?? "");
    return puts === 1 ? { status: 500, code: "InternalError" } : undefined;
  };
  const part = { number: 2, offset: 1 * MIB, size: 6 * MIB };
  const sent = await withSource(source, (opened) =>
    sendPart(target, "to/long", UploadId, part, opened, {
      buffer: Buffer.alloc(1 * MIB),
      release: () => undefined,
    }),
  );
  expect(received).toEqual([String(6 * MIB), String(6 * MIB)]);
  expect(sent.crc32).toBe(crc32(content.subarray(1 * MIB, 7 * MIB)));
});
