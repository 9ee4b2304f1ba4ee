import { type CommandResult } from "../../../cli/command";
import { asked } from "../../../cli/orders/cloud-error";
import { tellLines } from "../../../cli/orders/follow/follow-lines";
import { followOrder, type FollowQuery } from "../../../cli/orders/follow/follow-order";
import { isPassing, waitMs } from "../../../cli/orders/follow/patience";
import { NO_CHILDREN, type RunningChildren } from "../../../cli/orders/log-source";
import { colorsFor } from "../../../cli/output/colors";
import { type StreamedLine } from "../../../cli/output/line-stream";
import {
  dayKey,
  jobStatusKey,
  type RunRef,
  stepReportKey,
  submittedKey,
} from "../../../modules/contract";
import { LEDGER, NO_LOGS, type TestLedger, testLedger } from "./setup";

/*
 * An order is followed while its facts come in, each look at it a step of the test: nothing depends on how fast they are.
 */

let ledger: TestLedger;
let streams: Map<string, string[]>;
let logs: Map<string, string[]>;
let children: RunningChildren;
let told: StreamedLine[];
let looks: number;
let settlesMs: number;
/** What happens before each look, by its number from 1; the last is repeated. */
let script: ((look: number) => Promise<void> | void)[];

beforeEach(async () => {
  ledger = await testLedger();
  streams = new Map();
  logs = new Map();
  children = NO_CHILDREN;
  told = [];
  looks = 0;
  settlesMs = 0;
  script = [];
});

afterEach(async () => {
  await ledger.close();
});

const cloudOf = (): TestLedger["cloud"] => ({
  ...ledger.cloud,
  logs: {
    ...NO_LOGS,
    settlesMs,
    streams: (jobId) => Promise.resolve(streams.get(jobId) ?? []),
    runningChildren: () => Promise.resolve(children),
    read: (stream, { place, last }) => {
      const all = logs.get(stream);
      if (all === undefined) return Promise.resolve(undefined);
      const from = Number(place ?? (last === undefined ? 0 : Math.max(0, all.length - last)));
      // Two lines at a time, as answers have an end.
      const lines = all.slice(from, from + 2).map((text) => ({ text }));
      return Promise.resolve({ lines, place: String(from + lines.length) });
    },
  },
});

const follow = (
  query: Partial<FollowQuery> = {},
  signal = new AbortController().signal,
  alive = true,
): Promise<CommandResult> => {
  const cloud = cloudOf();
  return followOrder(
    {
      alive: () => Promise.resolve(alive),
      cloud: async () => {
        looks += 1;
        await (script[looks - 1] ?? script.at(-1))?.(looks);
        return cloud;
      },
      everyMs: 1,
      suffix: "--env prod",
    },
    "ORDER-1",
    { tail: 2, ...query },
    tellLines({ write: (line) => void told.push(line), signal }, colorsFor({}, {})),
    signal,
  );
};

const texts = (): string[] => told.map(({ text }) => text);

const submit = (run: RunRef, step: string, jobId = `job-${step}`): Promise<void> =>
  ledger.put(LEDGER, submittedKey({ ...run, step, generation: 1 }), {
    ...run,
    step,
    generation: 1,
    jobId,
    jobQueue: "arn:aws:batch:r:a:job-queue/pi--local--platform--general-standard",
    submittedAt: "2026-03-01T21:00:01.000Z",
  });

const said = (run: RunRef, step: string, status: string): Promise<void> =>
  ledger.put(LEDGER, jobStatusKey({ ...run, step, generation: 1 }, `job-${step}`, status), {
    ...run,
    step,
    generation: 1,
    jobId: `job-${step}`,
    status,
    statusReason: status === "FAILED" ? "Essential container in task exited" : undefined,
    attempts: [],
    at: `2026-03-01T21:0${status === "RUNNING" ? "1" : "2"}:00.000Z`,
  });

const tells = (run: RunRef): Promise<void> =>
  ledger.put(LEDGER, dayKey("2026-03-01", run, "told"), {});

const claim = (attempt = 1): Promise<RunRef> =>
  ledger.run({ attempt, jobDefinitionRevisions: { fetch: 1 } }, {});

test("tells what happens and what is written, each once, until the order is delivered", async () => {
  settlesMs = 30;
  const run = await claim();
  script = [
    () => submit(run, "fetch"),
    async () => {
      streams.set("job-fetch", ["fetch/1"]);
      logs.set("fetch/1", ["a", "b", "c"]);
      await said(run, "fetch", "RUNNING");
    },
    () => void logs.get("fetch/1")?.push("d"),
    () => said(run, "fetch", "SUCCEEDED"),
    () => void logs.get("fetch/1")?.push("the last word"),
    () => undefined,
  ];
  const { exit, text } = await follow();
  expect({ exit, text }).toEqual({
    exit: "ok",
    text: '"ORDER-1"  attempt 1  delivered after 2 min 0 s',
  });
  expect(texts()).toEqual([
    `attempt 1 of "ORDER-1"  ${run.orderKey}`,
    "fetch g1 waiting on general-standard",
    "fetch g1 running on general-standard",
    "fetch | a",
    "fetch | b",
    "fetch | c",
    "fetch | d",
    "fetch g1 succeeded on general-standard",
    "fetch | the last word",
  ]);
  expect(told[3]?.data).toEqual({
    kind: "log",
    step: "fetch",
    generation: 1,
    jobId: "job-fetch",
    batchAttempt: 1,
    stream: "fetch/1",
    at: undefined,
    line: "a",
  });
});

test("of what was written before, the last lines", async () => {
  const run = await claim();
  await submit(run, "fetch");
  streams.set("job-fetch", ["fetch/1", "fetch/2"]);
  logs.set("fetch/1", ["a", "b", "c"]);
  script = [
    () => undefined,
    () => void logs.set("fetch/2", ["d", "e", "f"]),
    () => said(run, "fetch", "SUCCEEDED"),
  ];
  await follow();
  expect(texts().filter((text) => text.includes("|"))).toEqual([
    "fetch | b",
    "fetch | c",
    "fetch attempt 2 | d",
    "fetch attempt 2 | e",
    "fetch attempt 2 | f",
  ]);
});

test("a failed order has ended when the platform has told of it: it may go on until then", async () => {
  const run = await claim();
  await submit(run, "fetch");
  await said(run, "fetch", "FAILED");
  let seen = 0;
  script = [
    () => void (seen = looks),
    () => void (seen = looks),
    () => tells(run),
    () => undefined,
  ];
  const { exit, text } = await follow();
  expect(seen).toBe(2);
  expect(exit).toBe("runFailed");
  expect(text).toBe(
    [
      '"ORDER-1"  attempt 1  failed after 2 min 0 s',
      "next: partner-ingest orders rerun universal-music ORDER-1 --from fetch --reason 'the cause is removed' --env prod",
    ].join("\n"),
  );
  expect(texts()).toContain("fetch g1 failed: Essential container in task exited");
});

test("a later attempt is followed in its turn, unless one attempt is asked for", async () => {
  const run = await claim();
  await submit(run, "fetch");
  await said(run, "fetch", "FAILED");
  await tells(run);
  const next = await claim(2);
  script = [
    () => undefined,
    async () => {
      await submit(next, "fetch");
      await said(next, "fetch", "SUCCEEDED");
    },
  ];
  // The newest is followed; an older one that is asked for ends where it ended.
  expect(await follow()).toMatchObject({ exit: "ok", data: { attempt: 2 } });
  expect(await follow({ attempt: 1 })).toMatchObject({ exit: "runFailed", data: { attempt: 1 } });
});

test("the attempt that follows a failure is followed on", async () => {
  const run = await claim();
  await submit(run, "fetch");
  await said(run, "fetch", "FAILED");
  script = [
    () => undefined,
    async () => {
      const next = await claim(2);
      await submit(next, "fetch");
    },
    () => undefined,
    () => said({ ...run, attempt: 2 }, "fetch", "SUCCEEDED"),
  ];
  expect(await follow()).toMatchObject({ exit: "ok", data: { attempt: 2 } });
  expect(texts().filter((text) => text.startsWith("attempt "))).toEqual([
    `attempt 1 of "ORDER-1"  ${run.orderKey}`,
    `attempt 2 of "ORDER-1"  ${run.orderKey}`,
  ]);
});

test("of an array job some children that run, others when those have ended, and those that failed", async () => {
  const run = await claim();
  await submit(run, "fetch");
  const child = (index: number): void => {
    streams.set(`job-fetch:${String(index)}`, [`fetch/${String(index)}`]);
    logs.set(`fetch/${String(index)}`, [`child ${String(index)}`]);
  };
  for (let index = 0; index < 10; index += 1) child(index);
  const report = (index: number, outcome: string): Promise<void> => {
    const ref = { ...run, step: "fetch", generation: 1 };
    return ledger.put(LEDGER, stepReportKey(ref, "job-fetch", 1, index), {
      schemaVersion: 1,
      ...ref,
      jobId: `job-fetch:${String(index)}`,
      batchAttempt: 1,
      arrayIndex: index,
      outcome,
      interruptedByHost: false,
      counts: {},
      startedAt: "2026-03-01T21:01:00.000Z",
      endedAt: "2026-03-01T21:01:30.000Z",
    });
  };
  script = [
    () => void (children = { indexes: [0, 1, 2, 3, 4, 5, 6], more: false }),
    async () => {
      children = { indexes: [5, 6], more: false };
      await report(0, "ok");
      await report(9, "programFailed");
    },
    () => undefined,
    () => undefined,
    () => said(run, "fetch", "SUCCEEDED"),
  ];
  await follow();
  expect(texts().slice(2)).toEqual([
    "fetch:0 | child 0",
    "fetch:1 | child 1",
    "fetch:2 | child 2",
    "fetch:3 | child 3",
    "fetch:4 | child 4",
    "fetch:9 worker: programFailed",
    "fetch:9 | child 9",
    "fetch:5 | child 5",
    "fetch:6 | child 6",
    "fetch g1 succeeded on general-standard",
  ]);
});

test("one child and one step alone", async () => {
  const run = await ledger.run({ jobDefinitionRevisions: { fetch: 1, publish: 1 } }, {});
  await submit(run, "fetch");
  await submit(run, "publish");
  for (const id of ["job-fetch", "job-fetch:3", "job-publish"]) {
    streams.set(id, [id]);
    logs.set(id, [`line of ${id}`]);
  }
  await said(run, "fetch", "SUCCEEDED");
  await said(run, "publish", "SUCCEEDED");
  await follow({ step: "fetch", index: 3 });
  expect(texts().filter((text) => text.includes("|"))).toEqual(["fetch:3 | line of job-fetch:3"]);
});

test("Ctrl-C ends it, with the exit code of an interruption", async () => {
  await claim();
  const stop = new AbortController();
  script = [
    () => undefined,
    () => {
      stop.abort();
    },
  ];
  expect(await follow({}, stop.signal)).toMatchObject({ exit: "interrupted" });
});

test("where nothing runs any more, an order that has not ended is left, and that is said", async () => {
  const run = await claim();
  await submit(run, "fetch");
  const { exit, text } = await follow({}, undefined, false);
  expect({ exit, text }).toEqual({
    exit: "runFailed",
    text: '"ORDER-1"  attempt 1  running\nno run is under way on this machine, so nothing more happens to it',
  });
});

test("asked too often, it asks again after twice as long, and loses nothing", async () => {
  const run = await claim();
  await submit(run, "fetch");
  const throttled = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
  script = [
    () => undefined,
    () => asked("describe a job", Promise.reject(throttled)),
    () => asked("describe a job", Promise.reject(throttled)),
    () => said(run, "fetch", "SUCCEEDED"),
  ];
  expect(await follow()).toMatchObject({ exit: "ok" });
  expect(texts()).toContain(
    "asked in vain, and asks again: could not describe a job: ThrottlingException: Rate exceeded; try again, and see that the service can be reached",
  );
  expect([0, 1, 2, 3, 9].map((failures) => waitMs(2_000, failures))).toEqual([
    2_000, 4_000, 8_000, 16_000, 30_000,
  ]);
});

test("what does not pass by itself ends it", async () => {
  const refused = Object.assign(new Error("no"), { name: "AccessDeniedException" });
  script = [() => asked("list the ledger", Promise.reject(refused))];
  await expect(follow()).rejects.toThrow("take the on-call role of the environment");
  expect(looks).toBe(1);
  // The words of a throttled service in an object of a user are none of a service.
  expect(isPassing(refused)).toBe(false);
});

test("fails when step or attempt are none of the order", async () => {
  await claim();
  await expect(follow({ attempt: 7 })).rejects.toThrow(
    "--attempt must be an attempt of the order, got 7; there is 1",
  );
  await expect(follow({ step: "fetsh" })).rejects.toThrow(
    '--step must be a step of the order, got "fetsh"; known are fetch',
  );
});

test("facts are read once, however long an order is followed", async () => {
  const run = await claim();
  await submit(run, "fetch");
  await said(run, "fetch", "RUNNING");
  script = [
    ...Array.from({ length: 20 }, () => () => undefined),
    () => said(run, "fetch", "SUCCEEDED"),
  ];
  ledger.s3.clearRequests();
  await follow();
  const reads = ledger.s3.requests.filter(({ operation }) => operation === "GetObject");
  expect(reads.length).toBe(new Set(reads.map(({ key }) => key)).size);
});
