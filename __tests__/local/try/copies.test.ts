import { type InvocationResult } from "../../../local/lambda";
import { type LocalCloud } from "../../../local/try";
import { claimKey } from "../../../modules/contract";
import { cloudIn, manualEvent, orderOf, prepared, temporary } from "./setup";

const COPIES = 100;
const AT_ONCE = 20;

const place = temporary();
let cloud: LocalCloud;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ cloud, close } = await cloudIn(place.directory, await prepared(place.directory)));
});

afterAll(async () => {
  await close();
  place.remove();
});

/** Invokes the trigger as Lambda does for an event that nobody waits for: an error brings the event again. */
async function untilDone(event: string): Promise<InvocationResult> {
  for (;;) {
    const result = await cloud.lambda.lambda.invoke(cloud.declared.trigger.name, event);
    if (result.functionError === undefined) return result;
    expect(result.payload).toContain("the event must come again");
  }
}

test("100 copies of one event, 20 processes at a time, are one run of two jobs", async () => {
  const event = manualEvent("ORDER-1");
  const waiting = Array.from({ length: COPIES }, () => event);
  const results: InvocationResult[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
        results.push(await untilDone(next));
    }),
  );
  expect(results).toHaveLength(COPIES);
  const orders = results.map(({ payload }) => orderOf(payload));
  expect(new Set(orders.map(({ jobs }) => JSON.stringify(jobs))).size).toBe(1);
  const jobs = cloud.batch.batch.jobs();
  expect(jobs.map(({ jobName }) => jobName?.split("--")[3]).sort()).toEqual(["fetch", "publish"]);
  expect(jobs.map(({ jobId }) => jobId).sort()).toEqual(
    Object.values(orders[0]?.jobs ?? {}).sort(),
  );
  const run = { partner: "universal-music", orderKey: orders[0]?.orderKey ?? "", attempt: 1 };
  expect(cloud.s3.versions(cloud.spec.ledgerBucket, claimKey(run))).toHaveLength(1);
  await cloud.idle();
  expect(cloud.batch.batch.jobs().map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
});
