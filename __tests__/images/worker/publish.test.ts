import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { dayKey, manifestKey, type Manifest } from "../../../modules/contract";
import { LANDING, LEDGER, startTestS3, type TestS3 } from "../support/test-s3";
import {
  DAY,
  FETCH,
  PUBLISH,
  TestRun,
  WorkerBench,
  type EndedStep,
} from "../support/worker-process";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});

let s3: TestS3;
beforeEach(async () => {
  s3 = await startTestS3();
});
afterEach(() => s3.close());

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** A run whose program has written these files. */
async function fetched(files: Readonly<Record<string, string | Buffer>>): Promise<TestRun> {
  const run = new TestRun(bench, s3);
  run.program("");
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(run.files, path)), { recursive: true });
    writeFileSync(join(run.files, path), content);
  }
  const ended = await run.run(FETCH);
  expect(ended.outcome).toBe("ok");
  return run;
}

const landed = (): readonly string[] => s3.keys(LANDING);

const manifestOf = async (run: TestRun): Promise<Manifest> =>
  JSON.parse(await s3.text(LANDING, manifestKey("in/", run.ref))) as Manifest;

const failsWith = (ended: EndedStep, outcome: string, message: string): void => {
  expect(ended.report?.message).toBe(message);
  expect(ended.outcome).toBe(outcome);
};

const BIG = Buffer.alloc(20 * 1024 * 1024, "0123456789");

describe("refuses to publish", () => {
  test("a link that leads out of the delivery", async () => {
    const run = await fetched({ "a.txt": "a" });
    symlinkSync("/etc/passwd", join(run.files, "b.txt"));
    failsWith(
      await run.run(PUBLISH),
      "badDelivery",
      'the delivery holds what can not be published: "b.txt" is a symbolic link; ' +
        "have the partner's program write plain files with UTF-8 names only",
    );
    expect(landed()).toEqual([]);
  });

  test("a link to a directory, a socket, control characters and names that are not UTF-8", async () => {
    const run = new TestRun(bench, s3);
    run.program("");
    mkdirSync(run.files, { recursive: true });
    symlinkSync(run.root, join(run.files, "dir"));
    writeFileSync(join(run.files, "line\nbreak"), "");
    writeFileSync(Buffer.concat([Buffer.from(`${run.files}/bad`), Buffer.from([0xff])]), "");
    // Sockets have short paths only.
    const socket = createServer();
    const directory = process.cwd();
    process.chdir(run.files);
    await new Promise<void>((resolve) => socket.listen("socket", resolve));
    process.chdir(directory);
    const ended = await run.run(FETCH);
    socket.close();
    failsWith(
      ended,
      "badDelivery",
      'the delivery holds what can not be published: "bad\uFFFD" has a name that is not UTF-8; ' +
        '"dir" is a symbolic link; "line\\nbreak" has control characters in its name; "socket" is a socket; ' +
        "have the partner's program write plain files with UTF-8 names only",
    );
  });

  test("what was never fetched", async () => {
    const run = new TestRun(bench, s3);
    failsWith(
      await run.run(PUBLISH),
      "configuration",
      `nothing was fetched to ${JSON.stringify(run.files)}; ` +
        "fetch and publish as two steps need staging that outlives a job and that both mount",
    );
  });

  test("what was fetched in part", async () => {
    const run = new TestRun(bench, s3);
    run.program(`require("node:fs").writeFileSync("half", "h"); process.exit(1);`);
    await run.run(FETCH);
    failsWith(
      await run.run(PUBLISH),
      "badDelivery",
      `the fetch did not come to its end: there is no ${JSON.stringify(join(run.files, "../fetch.done"))}; ` +
        "run the fetch again first",
    );
  });

  test("what is no longer what was fetched", async () => {
    const run = await fetched({ "a.txt": "abc" });
    truncateSync(join(run.files, "a.txt"), 1);
    failsWith(
      await run.run(PUBLISH),
      "badDelivery",
      "staging does not hold what the fetch left there: files came, went or changed their size; " +
        "something other than the partner's program writes to it, or the program left a process behind",
    );
    expect(landed()).toEqual([]);
  });

  test("too few files", async () => {
    const run = await fetched({ "a.txt": "a", "sums.md5": `${md5("a")}  a.txt\n` });
    failsWith(
      await run.run({ ...PUBLISH, quarantine: false, minFiles: 2, checksumFiles: ["*.md5"] }),
      "badDelivery",
      "the delivery holds 1 files besides its checksum files, expected at least 2; nothing was published",
    );
  });

  test("keys beyond the limit of S3", async () => {
    const path = `${"d".repeat(250)}/`.repeat(4) + "x".repeat(100);
    const run = await fetched({ [path]: "a" });
    failsWith(
      await run.run(PUBLISH),
      "badDelivery",
      `keys would be longer than 1024 bytes of UTF-8, the limit of S3: ${JSON.stringify(path)}`,
    );
  });

  test("files that do not agree with their checksum files, all named at once", async () => {
    const run = await fetched({
      "a.txt": "a",
      "b.txt": "B",
      "sub/c.txt": "c",
      "sub/list.md5": `${md5("c")} *c.txt\n${md5("x")}  gone.txt\n${md5("x")}  ../../../escape.txt\nrubbish\n`,
      "b.txt.md5": `${md5("b")}\n`,
    });
    failsWith(
      await run.run({ ...PUBLISH, quarantine: false, checksumFiles: ["*.md5"] }),
      "badDelivery",
      "the delivery does not agree with its checksum files: " +
        `"b.txt.md5" line 1: "b.txt" has md5 ${md5("B")}, expected ${md5("b")}; ` +
        '"sub/list.md5" line 2: "gone.txt" is missing in the delivery; ' +
        '"sub/list.md5" line 3: "../../../escape.txt" is missing in the delivery; ' +
        '"sub/list.md5": line 4 is no checksum: "rubbish"; nothing was published',
    );
    expect(landed()).toEqual([]);
  });

  test("a delivery without the checksum files that it should have", async () => {
    const run = await fetched({ "a.txt": "a" });
    failsWith(
      await run.run({ ...PUBLISH, quarantine: false, checksumFiles: ["*.md5", "SHA256SUMS"] }),
      "badDelivery",
      'the delivery holds no checksum file: none of its 1 files matches "*.md5", "SHA256SUMS"; ' +
        "ask the partner, or correct checksumFiles",
    );
  });
});

test("compares checksums and publishes the checksum files with the rest", async () => {
  const sha256 = createHash("sha256").update("b").digest("hex").toUpperCase();
  const run = await fetched({
    "a.txt": "a",
    "deep/b\\c": "b",
    SHA256SUMS: `\\${sha256}  deep/b\\\\c\r\nMD5 (a.txt) = ${md5("a")}\r\n`,
  });
  const ended = await run.run({ ...PUBLISH, checksumFiles: ["SHA256SUMS"] });
  expect(ended.outcome).toBe("ok");
  expect(ended.report?.counts).toMatchObject({ files: 3, checksumsCompared: 2 });
  expect((await manifestOf(run)).files.map(({ path }) => path)).toEqual([
    "SHA256SUMS",
    "a.txt",
    "deep/b\\c",
  ]);
});

describe("an attempt after one that ended", () => {
  test("after the manifest: success without staging, whatever else was left undone", async () => {
    const run = await fetched({ "a.txt": "a" });
    await run.run(PUBLISH);
    const manifest = await s3.text(LANDING, manifestKey("in/", run.ref));
    await s3.remove(LEDGER, dayKey(DAY, run.ref, "delivered"));
    mkdirSync(run.files, { recursive: true });
    writeFileSync(join(run.files, "rest"), "");
    const again = await run.run(PUBLISH);
    expect(again.outcome).toBe("ok");
    expect(again.report?.counts).toEqual({ files: 1, bytes: 1, publishedBefore: 1 });
    expect(await s3.text(LANDING, manifestKey("in/", run.ref))).toBe(manifest);
    expect(s3.has(LEDGER, dayKey(DAY, run.ref, "delivered"))).toBe(true);
    expect(existsSync(run.files)).toBe(false);
  });

  test("after the manifest, when the delivery no longer is what it says", async () => {
    const run = await fetched({ "a.txt": "a", "b.txt": "b" });
    await run.run(PUBLISH);
    await s3.remove(LANDING, `${run.prefix}files/a.txt`);
    failsWith(
      await run.run(PUBLISH),
      "conflict",
      `the bucket "landing" does not hold what was delivered: "${run.prefix}files/a.txt" is missing; ` +
        "something other than the worker writes there: find it, then start a new attempt of the order",
    );
  });

  test("between files: what is there is compared, not sent again", async () => {
    const run = await fetched({ "a.txt": "a", "big.bin": BIG, "c.txt": "c" });
    s3.fault = ({ key, method }) =>
      method === "PUT" && key.endsWith("c.txt") ? { status: 403, code: "AccessDenied" } : undefined;
    const first = await run.run(PUBLISH);
    expect(first.outcome).toBe("configuration");
    s3.fault = () => undefined;
    const sent = s3.requests.length;
    const there = landed().filter((key) => key.includes("/files/"));
    const again = await run.run(PUBLISH);
    expect(again.outcome).toBe("ok");
    expect(again.report?.counts["foundThere"]).toBe(there.length);
    const bodies = s3.requests
      .slice(sent)
      .filter(
        ({ method, bucket, key }) => method === "PUT" && bucket === LANDING && there.includes(key),
      );
    expect(bodies).toEqual([]);
    expect((await s3.read(LANDING, `${run.prefix}files/big.bin`)).equals(BIG)).toBe(true);
  });

  test("killed in the middle: the next completes it, with exactly one manifest", async () => {
    const run = await fetched({ "a.txt": "a", "big.bin": BIG });
    const step = run.start(PUBLISH);
    s3.fault = ({ query }) => {
      if (query.get("partNumber") !== "2") return undefined;
      step.child.kill("SIGKILL");
      return "reset";
    };
    expect((await step.ended).signal).toBe("SIGKILL");
    expect(landed().filter((key) => key.endsWith("manifest.json"))).toEqual([]);
    s3.fault = () => undefined;
    expect((await run.run(PUBLISH)).outcome).toBe("ok");
    expect((await manifestOf(run)).files.map(({ path, size }) => [path, size])).toEqual([
      ["a.txt", 1],
      ["big.bin", BIG.length],
    ]);
    const manifests = s3.requests.filter(
      ({ method, key }) => method === "PUT" && key.endsWith("manifest.json"),
    );
    expect(manifests).toHaveLength(1);
  });
});

describe("what it finds in the target", () => {
  test("a refusal in place of what is not there, as S3 answers who may list below a prefix only", async () => {
    const run = await fetched({ "a.txt": "a" });
    s3.fault = ({ method, bucket, key }) =>
      bucket === LANDING && /GET|HEAD/u.test(method) && key !== "" && !s3.has(bucket, key)
        ? { status: 403, code: "AccessDenied" }
        : undefined;
    expect((await run.run(PUBLISH)).outcome).toBe("ok");
    expect((await run.run(PUBLISH)).outcome).toBe("ok");
  });

  test("an object that it may not read", async () => {
    const run = await fetched({ "a.txt": "a" });
    await elsewhere(run, "a.txt", "a");
    s3.fault = ({ method }) => (method === "HEAD" ? { status: 403, code: "" } : undefined);
    failsWith(
      await run.run(PUBLISH),
      "configuration",
      `reading "${run.prefix}files/a.txt" in the bucket "landing" was refused; ` +
        "the job's role needs s3:GetObject there, and kms:Decrypt where the bucket has a key",
    );
  });

  test("other bytes under a key of the delivery: nothing is overwritten", async () => {
    const run = await fetched({ "a.txt": "a" });
    await elsewhere(run, "a.txt", "other");
    const ended = await run.run(PUBLISH);
    expect(ended.outcome).toBe("conflict");
    expect(ended.report?.message).toMatch(
      /^the bucket "landing" holds other bytes under ".*a\.txt": 5 bytes with CRC-32 \S+, expected 1 bytes with CRC-32 6Le\+Qw==; nothing was overwritten: start a new attempt of the order, which has keys of its own$/u,
    );
    expect(await s3.text(LANDING, `${run.prefix}files/a.txt`)).toBe("other");
  });

  test("an object that does not belong to the delivery", async () => {
    const run = await fetched({ "a.txt": "a" });
    await elsewhere(run, "z.txt", "stray");
    failsWith(
      await run.run(PUBLISH),
      "conflict",
      `the bucket "landing" does not hold what was delivered: "${run.prefix}files/z.txt" does not belong to the delivery; ` +
        "something other than the worker writes there: find it, then start a new attempt of the order",
    );
    expect(landed()).not.toContain(manifestKey("in/", run.ref));
  });

  test.each([
    ["the same files are success", "a", "ok"],
    ["other files are not", "b", "conflict"],
  ])("a manifest that another wrote meanwhile: %s", async (_, content, outcome) => {
    const first = await fetched({ "a.txt": "a" });
    await first.run(PUBLISH);
    const key = manifestKey("in/", first.ref);
    const manifest = await s3.text(LANDING, key);
    for (const there of s3.keys(LANDING)) await s3.remove(LANDING, there);
    const run = await fetched({ "a.txt": content });
    s3.fault = async (request) => {
      if (request.method === "PUT" && request.key === key) await s3.put(LANDING, key, manifest);
      return undefined;
    };
    const ended = await run.run(PUBLISH);
    expect(ended.outcome).toBe(outcome);
    expect(await s3.text(LANDING, key)).toBe(manifest);
  });

  async function elsewhere(run: TestRun, path: string, content: string): Promise<void> {
    await s3.put(LANDING, `${run.prefix}files/${path}`, content);
  }
});

test("a failure of AWS that passes is told as one that a retry mends", async () => {
  const run = await fetched({ "a.txt": "a" });
  s3.fault = ({ bucket }) =>
    bucket === LANDING ? { status: 400, code: "ExpiredToken" } : undefined;
  const ended = await run.run(PUBLISH);
  expect(ended.outcome).toBe("transient");
  expect(ended.report?.message).toMatch(
    /^"in\/order-1-.*\*" in the bucket "landing" could not be listed: ExpiredToken: .*\(HTTP 400\)$/u,
  );
});

test("fetches and publishes in one step", async () => {
  const run = new TestRun(bench, s3);
  run.program(`require("node:fs").writeFileSync("a.txt", "a");`);
  const settings = { ...FETCH, ...PUBLISH, kind: "deliver" } as const;
  const ended = await run.run(settings);
  expect(ended.outcome).toBe("ok");
  expect((await manifestOf(run)).totals).toEqual({ files: 1, bytes: 1 });
  run.program("process.exit(1);");
  const again = await run.run(settings);
  expect(again.outcome).toBe("ok");
  expect(again.report?.program).toBeUndefined();
  expect(readFileSync(join(run.root, "opt/acme/bin/export.cjs"), "utf8")).toBe("process.exit(1);");
});
