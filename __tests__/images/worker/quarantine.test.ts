import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  quarantinedFileKey,
  quarantinePrefix,
  quarantineReasonKey,
  type QuarantineReason,
} from "../../../modules/contract";
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

test("a delivery that breaks rules lies in quarantine, whole, its reason written last", async () => {
  const run = await fetched({ "a.txt": "a", "deep/b.txt": "bb" });
  const ended = await run.run({
    ...PUBLISH,
    minFiles: 3,
    maxFiles: 1,
    minBytes: 10,
    maxBytes: 2,
    requiredFiles: ["*.xml", "*.txt"],
  });
  const fault =
    "the delivery holds 2 files besides its checksum files, expected at least 3; " +
    "it holds 2 files besides its checksum files, expected at most 1; it holds 3 bytes, expected at least 10; " +
    'it holds 3 bytes, expected at most 2; it holds no file that matches "*.xml"; nothing was published';
  const prefix = quarantinePrefix(run.ref);
  expect(ended.outcome).toBe("badDelivery");
  expect(ended.report?.message).toBe(
    `${fault}; its 2 files lie below ${JSON.stringify(prefix)} in the bucket "landing"`,
  );
  expect(s3.keys(LANDING)).toEqual([
    quarantinedFileKey(run.ref, "a.txt"),
    quarantinedFileKey(run.ref, "deep/b.txt"),
    quarantineReasonKey(run.ref),
  ]);
  const reason = JSON.parse(
    await s3.text(LANDING, quarantineReasonKey(run.ref)),
  ) as QuarantineReason;
  expect(reason).toMatchObject({
    ...run.ref,
    orderId: "ORDER-1",
    bucket: LANDING,
    prefix: "in/",
    // One entry for each fault.
    faults: [
      "the delivery holds 2 files besides its checksum files, expected at least 3",
      "the delivery holds 2 files besides its checksum files, expected at most 1",
      "the delivery holds 3 bytes, expected at least 10",
      "the delivery holds 3 bytes, expected at most 2",
      'the delivery holds no file that matches "*.xml"',
    ],
    files: [
      { path: "a.txt", size: 1, crc32: "6Le+Qw==", contentType: "text/plain; charset=utf-8" },
      { path: "deep/b.txt", size: 2 },
    ],
  });
  const puts = s3.requests.filter(({ method, bucket }) => method === "PUT" && bucket === LANDING);
  expect(puts.at(-1)?.key).toBe(quarantineReasonKey(run.ref));
});

test("checksums, manifests, rules and the partner's own look at it are told together", async () => {
  const run = await fetched({ "a.txt": "a", "sums.md5": `${"0".repeat(32)}  a.txt\n` });
  run.program(`console.error("found a virus"); process.exit(3);`, "/opt/acme/bin/look");
  const ended = await run.run({
    ...PUBLISH,
    checksumFiles: ["*.md5"],
    batchManifests: ["*.xml"],
    requiredFiles: ["*.tsv"],
    minFiles: 2,
    beforePublish: ["/opt/acme/bin/look"],
  });
  const faults = [
    `the delivery holds no batch manifest: none of its 2 files matches "*.xml"; ask the partner, or correct batchManifests`,
    `"sums.md5" line 1: "a.txt" has md5 ${createHash("md5").update("a").digest("hex")}, expected ${"0".repeat(32)}`,
    "the delivery holds 1 files besides its checksum files, expected at least 2",
    'the delivery holds no file that matches "*.tsv"',
    'the command of beforePublish, "/opt/acme/bin/look", ended with code 3: found a virus',
  ];
  expect(ended.outcome).toBe("badDelivery");
  expect(ended.report?.message).toBe(
    `the delivery does not hold for 5 reasons: ${faults.join("; ")}; nothing was published; ` +
      `its 2 files lie below ${JSON.stringify(quarantinePrefix(run.ref))} in the bucket "landing"`,
  );
  const reason = JSON.parse(
    await s3.text(LANDING, quarantineReasonKey(run.ref)),
  ) as QuarantineReason;
  expect(reason.faults).toEqual(faults);
});

test("the reason holds every wrong checksum, also those that the message leaves out", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `${String(index).padStart(2, "0")}.bin`);
  const wrong = "0".repeat(32);
  const run = await fetched({
    ...Object.fromEntries(names.map((name) => [name, name])),
    "sums.md5": names.map((name) => `${wrong}  ${name}\n`).join(""),
  });
  const ended = await run.run({ ...PUBLISH, checksumFiles: ["*.md5"] });
  expect(ended.report?.message).toContain("; and 2 more; nothing was published");
  const { faults } = JSON.parse(
    await s3.text(LANDING, quarantineReasonKey(run.ref)),
  ) as QuarantineReason;
  expect([...faults].sort()).toEqual(
    names
      .map((name, index) => {
        const found = createHash("md5").update(name).digest("hex");
        return `"sums.md5" line ${String(index + 1)}: ${JSON.stringify(name)} has md5 ${found}, expected ${wrong}`;
      })
      .sort(),
  );
});

test("an attempt that ended on the way into quarantine is completed by the next", async () => {
  const run = await fetched({ "a.txt": "a" });
  const bad = { ...PUBLISH, minFiles: 2 };
  const step = run.start(bad);
  s3.fault = ({ method, key }) => {
    if (method !== "PUT" || !key.endsWith("reason.json")) return undefined;
    step.child.kill("SIGKILL");
    return "reset";
  };
  expect((await step.ended).signal).toBe("SIGKILL");
  s3.fault = () => undefined;
  expect((await run.run(bad)).outcome).toBe("badDelivery");
  expect((await run.run(bad)).outcome).toBe("badDelivery");
  expect(s3.keys(LANDING)).toEqual([
    quarantinedFileKey(run.ref, "a.txt"),
    quarantineReasonKey(run.ref),
  ]);
});

test("without quarantine nothing is written", async () => {
  const run = await fetched({ "a.txt": "a" });
  const ended = await run.run({ ...PUBLISH, minFiles: 2, quarantine: false });
  expect(ended.report?.message).toBe(
    "the delivery holds 1 files besides its checksum files, expected at least 2; nothing was published",
  );
  expect(s3.keys(LANDING)).toEqual([]);
});

test("the command before publishing decides", async () => {
  const run = await fetched({ "a.txt": "a" });
  const scan = (source: string): void => {
    run.program(source, "/opt/acme/bin/scan");
  };
  const settings = { ...PUBLISH, beforePublish: ["/opt/acme/bin/scan", "{staging}"] };
  scan("console.error('virus in ' + require('fs').readdirSync(process.argv[2])); process.exit(3)");
  const bad = await run.run(settings);
  expect(bad.outcome).toBe("badDelivery");
  expect(bad.report?.message).toBe(
    'the command of beforePublish, "/opt/acme/bin/scan", ended with code 3: virus in a.txt; nothing was published; ' +
      `its 1 files lie below ${JSON.stringify(quarantinePrefix(run.ref))} in the bucket "landing"`,
  );
  scan("process.exit(0)");
  expect((await run.run(settings)).outcome).toBe("ok");
});
