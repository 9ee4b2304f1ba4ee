import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dayKey, quarantineReasonKey } from "../../../modules/contract";
import { LEDGER, startTestS3, type SeenRequest, type TestS3 } from "../support/test-s3";
import { FETCH, PUBLISH, TestRun, WorkerBench } from "../support/worker-process";

// S3 answers a conditional write with 409 when another write to the key is under way: neither is told to have won.

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});
let s3: TestS3;
beforeEach(async () => {
  s3 = await startTestS3();
});
afterEach(() => s3.close());

async function fetched(): Promise<TestRun> {
  const run = new TestRun(bench, s3);
  run.program("");
  mkdirSync(run.files, { recursive: true });
  writeFileSync(join(run.files, "a.txt"), "a");
  expect((await run.run(FETCH)).outcome).toBe("ok");
  return run;
}

/** Answers the first two writes of each key that is looked for with 409. */
function conflicts(looked: (request: SeenRequest) => boolean): Map<string, number> {
  const tries = new Map<string, number>();
  s3.fault = (request) => {
    if (request.method !== "PUT" || !looked(request)) return undefined;
    const tried = (tries.get(request.key) ?? 0) + 1;
    tries.set(request.key, tried);
    return tried <= 2 ? { status: 409, code: "ConditionalRequestConflict" } : undefined;
  };
  return tries;
}

test("every fact of a step that meets another write is written by a later try of the same attempt", async () => {
  const run = await fetched();
  const tries = conflicts(({ bucket }) => bucket === LEDGER);
  const ended = await run.run(PUBLISH);
  expect(ended.outcome).toBe("ok");
  // The lock, that the order is delivered, and the report.
  expect([...tries].filter(([key]) => key.endsWith(".delivered.json"))).toHaveLength(1);
  expect([...tries].filter(([key]) => key.endsWith(".report.json"))).toHaveLength(1);
  expect([...tries].filter(([key]) => key.includes("/locks/"))).toHaveLength(1);
  expect([...tries.values()]).toEqual([3, 3, 3]);
  for (const key of tries.keys()) expect(s3.has(LEDGER, key)).toBe(true);
});

test("a fact that the other writer had written meanwhile stays as it is", async () => {
  const run = await fetched();
  let conflicted = false;
  let delivered = "";
  s3.fault = async ({ method, key }) => {
    if (method !== "PUT" || !key.endsWith(".delivered.json") || conflicted) return undefined;
    conflicted = true;
    delivered = key;
    await s3.put(LEDGER, key, "{}");
    return { status: 409, code: "ConditionalRequestConflict" };
  };
  expect((await run.run(PUBLISH)).outcome).toBe("ok");
  expect(delivered).toBe(
    dayKey(delivered.split("/days/")[1]?.slice(0, 10) ?? "", run.ref, "delivered"),
  );
  expect(await s3.text(LEDGER, delivered)).toBe("{}");
});

test("the reason of a quarantine is written by a later try", async () => {
  const run = await fetched();
  const tries = conflicts(({ key }) => key === quarantineReasonKey(run.ref));
  expect((await run.run({ ...PUBLISH, minFiles: 2 })).outcome).toBe("badDelivery");
  expect([...tries.values()]).toEqual([3]);
});
