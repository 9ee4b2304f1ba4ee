import { readdirSync } from "node:fs";
import { join } from "node:path";
import { orderKey, type Manifest, type ProcessSettings } from "../../../modules/contract";
import { LANDING, startTestS3, type TestS3 } from "../support/test-s3";
import { TestRun, WorkerBench, type StartedStep } from "../support/worker-process";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});
let s3: TestS3;
beforeEach(async () => {
  s3 = await startTestS3();
});
afterEach(() => s3.close());

const SETTINGS: ProcessSettings = {
  kind: "process",
  program: ["/opt/acme/bin/export", "{input}", "{output}"],
  noProgressSeconds: 30,
  tryLaterCodes: [],
  input: { from: "list", bucket: LANDING, prefix: "raw/" },
  per: "file",
  parallel: 2,
  scratchFactor: 2,
  bucket: LANDING,
  prefix: "in/",
};
const MERGE = { kind: "merge", bucket: LANDING, prefix: "in/", minFiles: 1 } as const;

/** Writes what it reads in capitals, under the name of the input. */
const CAPITALS = `
const { readFileSync, writeFileSync } = require("node:fs");
const { basename, join } = require("node:path");
const [input, output] = process.argv.slice(2);
writeFileSync(join(output, basename(input) + ".out"), readFileSync(input, "utf8").toUpperCase());
`;

const SOURCE = { kind: "s3", bucket: LANDING, key: "orders/1.list" } as const;

/** A run whose order came from a list, with the files that the list names. */
async function listed(names: readonly string[], program = CAPITALS): Promise<TestRun> {
  for (const name of names) await s3.put(LANDING, `raw/${name}`, `content of ${name}`);
  return runOf(names.map((name) => `raw/${name}`).join("\n"), program);
}

async function runOf(list: string, program = CAPITALS): Promise<TestRun> {
  await s3.put(LANDING, SOURCE.key, list);
  const run = new TestRun(bench, s3, "ORDER-1", undefined, {
    PARTNER_INGEST_SOURCE: JSON.stringify(SOURCE),
  });
  run.program(program);
  return run;
}

function part(
  run: TestRun,
  index: number,
  of: number,
  settings: Partial<ProcessSettings> = {},
): StartedStep {
  return run.start(
    { ...SETTINGS, ...settings },
    {
      PARTNER_INGEST_ARRAY_SIZE: String(of),
      PARTNER_INGEST_ARRAY_INDEXES: JSON.stringify([index]),
    },
  );
}

async function manifest(run: TestRun): Promise<Manifest> {
  return JSON.parse(await s3.text(LANDING, `${run.prefix}manifest.json`)) as Manifest;
}

test("three children work on seven files, and a merge makes one delivery of them", async () => {
  const names = [
    "a.txt",
    "b b.txt",
    "deep/한글 +%.txt",
    "-rf",
    "d.txt",
    "~e",
    `${"n".repeat(240)}.txt`,
  ];
  const run = await listed(names);
  for (const index of [0, 1, 2]) expect((await part(run, index, 3).ended).outcome).toBe("ok");
  // Of a child that was killed and whose next try had no need of it.
  await s3.beginUpload(LANDING, `${run.prefix}files/gone.bin`, [Buffer.alloc(1)]);
  expect((await run.run(MERGE)).outcome).toBe("ok");
  expect(s3.uploads(LANDING)).toBe(0);
  const { files, totals } = await manifest(run);
  expect(files.map(({ path }) => path)).toEqual(
    [
      "a.txt.out",
      "b b.txt.out",
      "d.txt.out",
      "deep/한글 +%.txt.out",
      "file.out",
      "file.txt.out",
      "~e.out",
    ].sort(),
  );
  expect(totals.files).toBe(7);
  for (const file of files) {
    expect(file).not.toHaveProperty("input");
    expect(s3.crc32(LANDING, file.key)).toBe(file.crc32);
  }
  expect(await s3.text(LANDING, `${run.prefix}files/deep/한글 +%.txt.out`)).toBe(
    "CONTENT OF DEEP/한글 +%.TXT",
  );
  expect(readdirSync(join(run.root)).filter((name) => name.startsWith("part-"))).toEqual([]);
});

test.each([
  ["list uploads", "GET"],
  ["remove uploads", "DELETE"],
])(
  "a merge that may not %s, as in somebody else's bucket, leaves them there",
  async (_, refused) => {
    const run = await listed(["a.txt"]);
    expect((await part(run, 0, 1).ended).outcome).toBe("ok");
    await s3.beginUpload(LANDING, `${run.prefix}files/gone.bin`, [Buffer.alloc(1)]);
    s3.fault = ({ method, query }) =>
      method === refused && (query.has("uploads") || query.has("uploadId"))
        ? { status: 403, code: "AccessDenied" }
        : undefined;
    expect((await run.run(MERGE)).outcome).toBe("ok");
    expect((await manifest(run)).totals.files).toBe(1);
    expect(s3.uploads(LANDING)).toBe(1);
  },
);

test("told to stop: the next try does what is left, and not again what is done", async () => {
  const names = Array.from({ length: 8 }, (_, index) => `${String(index)}.txt`);
  const run = await listed(names);
  const first = part(run, 0, 1, { parallel: 1 });
  let results = 0;
  s3.fault = ({ method, key }) => {
    if (method === "PUT" && key.includes("/files/")) {
      results += 1;
      if (results === 4) first.child.kill("SIGTERM");
    }
    return undefined;
  };
  expect((await first.ended).outcome).toBe("interrupted");
  s3.fault = () => undefined;
  const again = await part(run, 0, 1, { parallel: 1 }).ended;
  expect(again.outcome).toBe("ok");
  expect(again.report?.counts["foundDone"]).toBeGreaterThanOrEqual(3);
  expect(again.report?.counts["loaded"]).toBe(8 - Number(again.report?.counts["foundDone"]));
  const third = await part(run, 0, 1).ended;
  expect(third.report?.counts).toEqual({ files: 8, foundDone: 8 });
  expect((await run.run(MERGE)).report?.counts).toMatchObject({ files: 8, strays: 0 });
});

test("a result that was told but is gone is made again", async () => {
  const run = await listed(["1.txt", "2.txt"], failingFor("2.txt"));
  expect((await part(run, 0, 1).ended).outcome).toBe("programFailed");
  await s3.remove(LANDING, `${run.prefix}files/1.txt.out`);
  run.program(CAPITALS);
  const again = await part(run, 0, 1).ended;
  expect(again.report?.counts).toMatchObject({ foundDone: 0, loaded: 2, results: 2 });
  expect((await run.run(MERGE)).outcome).toBe("ok");
});

test("killed between sending and telling: other bytes of the same file are written over", async () => {
  const random = CAPITALS.replace(".toUpperCase()", " + process.hrtime.bigint()");
  const run = await listed(["1.txt", "2.txt"], random);
  const first = part(run, 0, 1, { parallel: 1 });
  s3.fault = ({ method, key }) => {
    if (method === "PUT" && key.endsWith("2.txt.out")) first.child.kill("SIGKILL");
    return undefined;
  };
  expect((await first.ended).signal).toBe("SIGKILL");
  s3.fault = () => undefined;
  const again = await part(run, 0, 1).ended;
  expect(again.outcome).toBe("ok");
  expect(again.report?.counts["replaced"]).toBeGreaterThanOrEqual(1);
  expect((await run.run(MERGE)).outcome).toBe("ok");
});

function failingFor(name: string): string {
  return `
if (process.argv[2].endsWith(${JSON.stringify(name)})) {
  console.error("broken header");
  process.exit(9);
}
${CAPITALS}`;
}

test("a file that the program fails for is named, the others are done", async () => {
  const names = ["1.txt", "2.txt", "3.txt"];
  const run = await listed(names, failingFor("2.txt"));
  const ended = await part(run, 0, 1).ended;
  expect(ended.outcome).toBe("programFailed");
  expect(ended.report?.message).toBe(
    'the program failed for 1 of 3 files: "2.txt": the program ended with exit code 9; the end of its error output is in the report (broken header). What was done is not done again when the order is run again from this step',
  );
  run.program(CAPITALS);
  const again = await part(run, 0, 1).ended;
  expect(again.outcome).toBe("ok");
  expect(again.report?.counts).toMatchObject({ foundDone: 2, loaded: 1 });
});

test("the program is run once for all files of a part, in their directories", async () => {
  const tree = `
const { readdirSync, writeFileSync } = require("node:fs");
const [input, output] = process.argv.slice(2);
writeFileSync(output + "/all.json", JSON.stringify(readdirSync(input, { recursive: true }).sort()));
`;
  const run = await listed(["a/1.txt", "a/2.txt", "b.txt"], tree);
  expect((await part(run, 0, 1, { per: "slice" }).ended).outcome).toBe("ok");
  expect((await run.run(MERGE)).outcome).toBe("ok");
  expect(await s3.text(LANDING, `${run.prefix}files/all.json`)).toBe(
    '["a","a/1.txt","a/2.txt","b.txt"]',
  );
});

test("too little room is told before the first byte is loaded", async () => {
  const run = await listed(["1.txt"]);
  const ended = await part(run, 0, 1, { scratchFactor: 1e15 }).ended;
  expect(ended.outcome).toBe("outOfSpace");
  expect(ended.report?.message).toMatch(
    /^the 1 largest files, which may be worked on at a time, need 16000000000000000 bytes on ".+", 1000000000000000 times their size for their results, too; \d+ bytes are free\. The largest is "1\.txt" with 16 bytes\. Nothing was loaded: let it work on fewer files at a time \(parallel\), or its pool more scratchGib$/u,
  );
  expect(s3.requests.some(({ method, key }) => method === "GET" && key === "raw/1.txt")).toBe(
    false,
  );
});

test("a program that meets a full disk ends the part, with the file's name and size", async () => {
  const full = `console.error("write failed: No space left on device"); process.exit(1);`;
  const run = await listed(["1.txt"], full);
  const ended = await part(run, 0, 1).ended;
  expect(ended.outcome).toBe("outOfSpace");
  expect(ended.report?.message).toBe(
    'at "raw/1.txt", 16 bytes: the program ended with exit code 1 and told of a full disk; give the step more room',
  );
});

test.each([
  [
    "raw/../orders/1.list",
    'line 1 of the list names "raw/../orders/1.list", which gives no path of a file: "../orders/1.list" leads out of the archive with ".."; have a list dropped that holds one key, or one object of JSON, a line',
  ],
  [
    "other/1.txt",
    'line 1 of the list names "other/1.txt", which is not below "raw/", the prefix of the step\'s input; have a list dropped that holds one key, or one object of JSON, a line',
  ],
  [
    '{"key":3}',
    'line 1 of the list has no "key", which must be a text, got {"key":3}; have a list dropped that holds one key, or one object of JSON, a line',
  ],
  [
    "\nraw/gone.txt",
    '"raw/gone.txt" in the bucket "landing" is listed but is not there; have it put there, or a list dropped without it',
  ],
])("fails for the list %j, and says where", async (list, message) => {
  const run = await runOf(list);
  const ended = await part(run, 0, 1).ended;
  expect(ended.outcome).toBe("badDelivery");
  expect(ended.report?.message).toBe(message);
  expect(s3.keys(LANDING).filter((key) => key.startsWith("in/"))).toEqual([]);
});

test("a file that is not the one that the list tells of is not worked on", async () => {
  await s3.put(LANDING, "raw/1.txt", "changed since");
  const run = await runOf('{"key":"raw/1.txt","size":13,"crc32":"AAAAAA=="}');
  const ended = await part(run, 0, 1).ended;
  expect(ended.outcome).toBe("badDelivery");
  expect(ended.report?.message).toMatch(
    /^"raw\/1\.txt" in the bucket "landing" has CRC-32 .+, expected AAAAAA==; it is damaged or was replaced: have it put there again$/u,
  );
});

test("a merge misses a part, and tells results of one name", async () => {
  const one = CAPITALS.replace('basename(input) + ".out"', '"same.out"');
  const run = await listed(["1.txt", "2.txt"], one);
  expect((await part(run, 0, 2).ended).outcome).toBe("ok");
  const early = await run.run(MERGE);
  expect(early.outcome).toBe("badDelivery");
  expect(early.report?.message).toBe(
    "the 2 parts make no whole: part 1 is missing; run the step that makes them again",
  );
  expect((await part(run, 1, 2).ended).outcome).toBe("ok");
  const merged = await run.run(MERGE);
  expect(merged.outcome).toBe("conflict");
  expect(merged.report?.message).toBe(
    'several files gave results of one name: "same.out" was made of "raw/1.txt" and of "raw/2.txt"; let the program put the file\'s name into the names of its results, and the list name each file once',
  );
  expect(s3.has(LANDING, `${run.prefix}manifest.json`)).toBe(false);
});

test("a later attempt goes on from the parts and the files of the one before", async () => {
  const run = await listed(["1.txt", "2.txt", "3.txt"], failingFor("3.txt"));
  expect((await part(run, 0, 2).ended).outcome).toBe("programFailed");
  expect((await part(run, 1, 2).ended).outcome).toBe("ok");
  const later = { PARTNER_INGEST_ATTEMPT: "2", PARTNER_INGEST_STAGING_ATTEMPT: "1" };
  const size = { PARTNER_INGEST_ARRAY_SIZE: "2" };
  run.program(CAPITALS);
  const counts = async (index: number): Promise<unknown> => {
    const { logs } = await run.start(SETTINGS, {
      ...later,
      ...size,
      PARTNER_INGEST_ARRAY_INDEXES: `[${String(index)}]`,
    }).ended;
    return logs.at(-1);
  };
  expect(await counts(0)).toMatchObject({ outcome: "ok", foundDone: 1, loaded: 1 });
  expect(await counts(1)).toMatchObject({ outcome: "ok", foundDone: 1 });
  expect((await run.start(MERGE, later).ended).code).toBe(0);
  const key = `in/${orderKey("ORDER-1", { kind: "manual", orderId: "ORDER-1" })}/2/manifest.json`;
  const { files } = JSON.parse(await s3.text(LANDING, key)) as Manifest;
  expect(files.map(({ path }) => path)).toEqual(["1.txt.out", "2.txt.out", "3.txt.out"]);
});
