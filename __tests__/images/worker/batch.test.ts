import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startTestS3, type TestS3 } from "../support/test-s3";
import { FETCH, PUBLISH, TestRun, WorkerBench, type EndedStep } from "../support/worker-process";

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
async function fetched(files: Readonly<Record<string, string>>): Promise<TestRun> {
  const run = new TestRun(bench, s3);
  run.program("");
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(run.files, path)), { recursive: true });
    writeFileSync(join(run.files, path), content);
  }
  expect((await run.run(FETCH)).outcome).toBe("ok");
  return run;
}

const failsWith = (ended: EndedStep, outcome: string, message: string): void => {
  expect(ended.report?.message).toBe(message);
  expect(ended.outcome).toBe(outcome);
};

describe("a batch manifest", () => {
  const entry = (name: string, sum: string): string =>
    `<File><URI>${name}</URI><HashSum><Algorithm>MD5</Algorithm><HashSumValue>${sum}</HashSumValue></HashSum></File>\n`;
  const batch = (...entries: readonly string[]): string =>
    `<Manifest>\n${entries.join("")}</Manifest>`;
  const settings = { ...PUBLISH, batchManifests: ["BatchComplete_*.xml"], quarantine: false };

  test("names every file that does not agree", async () => {
    const bad = await fetched({
      "1/a.flac": "a",
      "1/BatchComplete_1.xml": batch(
        entry("a.flac", md5("b")),
        entry("gone.flac", md5("c")),
        "<MessageInBatch><URL>/1/gone.xml</URL></MessageInBatch>",
      ),
    });
    const list = '"1/BatchComplete_1.xml"';
    failsWith(
      await bad.run(settings),
      "badDelivery",
      "the delivery does not agree with its batch manifests: " +
        `${list} line 2: "1/a.flac" has md5 ${md5("a")}, expected ${md5("b")}; ` +
        `${list} line 3: "gone.flac" is missing in the delivery; ` +
        `${list} line 4: "/1/gone.xml" is missing in the delivery; nothing was published`,
    );
  });

  test("must be there", async () => {
    failsWith(
      await (await fetched({ "a.flac": "a" })).run(settings),
      "badDelivery",
      'the delivery holds no batch manifest: none of its 1 files matches "BatchComplete_*.xml"; ask the partner, or correct batchManifests',
    );
  });

  test("that agrees is published with what it names", async () => {
    const good = await fetched({
      "1/a.flac": "a",
      "1/BatchComplete_1.xml": batch(entry("a.flac", md5("a"))),
    });
    const ended = await good.run(settings);
    expect(ended.report?.counts).toMatchObject({ checksumsCompared: 1, files: 2 });
  });
});
