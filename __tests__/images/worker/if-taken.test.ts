import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileKey, manifestKey, type IfTaken, type Manifest } from "../../../modules/contract";
import { LANDING, startTestS3, type TestS3 } from "../support/test-s3";
import { FETCH, PUBLISH, TestRun, WorkerBench } from "../support/worker-process";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});

let s3: TestS3;
beforeEach(async () => {
  s3 = await startTestS3();
});
afterEach(() => s3.close());

const BIG = Buffer.alloc(9 * 1024 * 1024, "0123456789");

async function fetched(): Promise<TestRun> {
  const run = new TestRun(bench, s3);
  run.program("");
  mkdirSync(run.files, { recursive: true });
  writeFileSync(join(run.files, "a.txt"), "a");
  writeFileSync(join(run.files, "big.bin"), BIG);
  expect((await run.run(FETCH)).outcome).toBe("ok");
  return run;
}

const publish = (ifTaken: IfTaken): typeof PUBLISH & { ifTaken: IfTaken } => ({
  ...PUBLISH,
  ifTaken,
});

const keyOf = (run: TestRun, path: string): string => fileKey("in/", run.ref, path);

async function manifestOf(run: TestRun): Promise<Manifest> {
  return JSON.parse(await s3.text(LANDING, manifestKey("in/", run.ref))) as Manifest;
}

/** Somebody else writes both keys: before the step, or when the step writes them itself. */
async function taken(run: TestRun, when: "before" | "meanwhile"): Promise<void> {
  const write = (path: string): Promise<void> => s3.put(LANDING, keyOf(run, path), "other");
  if (when === "before") {
    for (const path of ["a.txt", "big.bin"]) await write(path);
    return;
  }
  const waiting = new Set(["a.txt", "big.bin"]);
  s3.fault = async ({ method, key, query }) => {
    const path = key.slice(key.lastIndexOf("/") + 1);
    // A large file's key is taken when its parts are about to be put together.
    const decisive =
      path === "a.txt" ? method === "PUT" : method === "POST" && query.has("uploadId");
    if (decisive && waiting.delete(path)) await write(path);
    return undefined;
  };
}

describe.each(["before", "meanwhile"] as const)("keys that were taken %s", (when) => {
  test("are written over, if nobody writes again in between", async () => {
    const run = await fetched();
    await taken(run, when);
    const ended = await run.run(publish("overwrite"));
    expect(ended.report?.message).toBeUndefined();
    expect(await s3.text(LANDING, keyOf(run, "a.txt"))).toBe("a");
    expect((await s3.read(LANDING, keyOf(run, "big.bin"))).equals(BIG)).toBe(true);
    const writes = s3.requests.filter(
      ({ method, key, headers }) =>
        method === "PUT" && key === keyOf(run, "a.txt") && headers["if-match"] !== undefined,
    );
    expect(writes).toHaveLength(1);
    expect((await manifestOf(run)).files.map(({ size, kept }) => [size, kept])).toEqual([
      [1, undefined],
      [BIG.length, undefined],
    ]);
  });

  test("are left, and the manifest lists what is there", async () => {
    const run = await fetched();
    await taken(run, when);
    const ended = await run.run(publish("skip"));
    expect(ended.report?.message).toBeUndefined();
    expect(ended.report?.counts).toMatchObject({ kept: 2, files: 2, bytes: 10 });
    expect(await s3.text(LANDING, keyOf(run, "a.txt"))).toBe("other");
    const { files } = await manifestOf(run);
    expect(files.map(({ path, size, crc32, kept }) => ({ path, size, crc32, kept }))).toEqual(
      ["a.txt", "big.bin"].map((path) => ({ path, size: 5, crc32: "2Vg1IA==", kept: true })),
    );
    expect(s3.uploads(LANDING)).toBe(0);
  });

  test("are an error that says what is there", async () => {
    const run = await fetched();
    await taken(run, when);
    const ended = await run.run(publish("fail"));
    expect(ended.outcome).toBe("conflict");
    expect(ended.report?.message).toMatch(
      new RegExp(
        `^the bucket "landing" holds other bytes under "in/${run.orderKey}/1/files/(?:a\\.txt|big\\.bin)": 5 bytes with CRC-32 2Vg1IA==, ` +
          "expected \\d+ bytes with CRC-32 \\S+; nothing was overwritten: start a new attempt of the order, which has keys of its own$",
        "u",
      ),
    );
    expect(s3.has(LANDING, manifestKey("in/", run.ref))).toBe(false);
  });
});

test("the same bytes under a key are success, whatever the setting says", async () => {
  const run = await fetched();
  await s3.put(LANDING, keyOf(run, "a.txt"), "a");
  const ended = await run.run(publish("fail"));
  expect(ended.outcome).toBe("ok");
  expect(ended.report?.counts).toMatchObject({ foundThere: 1 });
});

test("an object without a CRC-32 can not be left, for the manifest could not tell what it is", async () => {
  const run = await fetched();
  await s3.put(LANDING, keyOf(run, "a.txt"), "other", "SHA256");
  const ended = await run.run(publish("skip"));
  expect(ended.outcome).toBe("conflict");
  expect(ended.report?.message).toBe(
    `the bucket "landing" holds an object without a CRC-32 of its whole content under "${keyOf(run, "a.txt")}", ` +
      'which can not be left and listed in the manifest as ifTaken "skip" asks; remove it, or choose "overwrite"',
  );
});
