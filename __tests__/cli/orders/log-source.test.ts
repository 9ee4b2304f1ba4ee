import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { BatchClient } from "@aws-sdk/client-batch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { localLogs } from "../../../cli/orders/local-logs";
import { cloudWatchLogs, type LogSource } from "../../../cli/orders/log-source";
import { colorsFor } from "../../../cli/output/colors";
import { logText } from "../../../cli/output/log-text";
import { temporary } from "../../local/try/setup";
import { recordCalls, type RecordedCall } from "./record-calls";

const plain = colorsFor({}, {});
const local = { region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } };

describe("CloudWatch", () => {
  const calls: RecordedCall[] = [];
  let answer: object;
  const batch = new BatchClient(local);
  const logs = new CloudWatchLogsClient(local);
  recordCalls(batch, calls, () => answer);
  recordCalls(logs, calls, () => answer);
  const source: LogSource = cloudWatchLogs(batch, logs, "/pi/prod/acme/jobs");

  beforeEach(() => {
    calls.length = 0;
  });

  afterAll(() => {
    batch.destroy();
    logs.destroy();
  });

  const input = (): unknown => calls.at(-1)?.input;
  const stream = { logGroupName: "/pi/prod/acme/jobs", logStreamName: "s" };

  test("a stream is read from its end, or its beginning, and on from there by its token", async () => {
    answer = {
      events: [{ message: "a", timestamp: Date.parse("2026-03-01T21:00:00Z") }],
      nextForwardToken: "f/1",
    };
    expect(await source.read("s", { last: 10 })).toEqual({
      lines: [{ text: "a", at: "2026-03-01T21:00:00.000Z" }],
      place: "f/1",
    });
    expect(input()).toEqual({ ...stream, limit: 10, startFromHead: false });
    await source.read("s", {});
    expect(input()).toEqual({ ...stream, limit: undefined, startFromHead: true });
    answer = { events: [], nextForwardToken: "f/1" };
    expect(await source.read("s", { place: "f/1", last: 10 })).toEqual({ lines: [], place: "f/1" });
    expect(input()).toEqual({ ...stream, nextToken: "f/1", startFromHead: true });
  });

  test("only an array job is asked for its children", async () => {
    answer = { jobs: [{ jobId: "j" }] };
    expect(await source.runningChildren("j")).toEqual({ indexes: [], more: false });
    expect(calls.map(({ command }) => command)).toEqual(["DescribeJobs"]);
    answer = {
      jobs: [{ jobId: "j", arrayProperties: { size: 3 } }],
      jobSummaryList: [{ arrayProperties: { index: 2 } }],
      nextToken: "n",
    };
    expect(await source.runningChildren("j")).toEqual({ indexes: [2], more: true });
    expect(input()).toEqual({ arrayJobId: "j", jobStatus: "RUNNING" });
  });
});

describe("files of this machine", () => {
  const place = temporary();
  const source = localLogs(place.directory);
  const file = path.join(place.directory, "logs", "s.log");

  beforeAll(() => {
    mkdirSync(path.dirname(file), { recursive: true });
  });

  afterAll(() => {
    place.remove();
  });

  test("a line is read when it is whole, each once", async () => {
    expect(await source.read("none", {})).toBeUndefined();
    writeFileSync(file, "été 1\n\nhal");
    const first = await source.read("s", {});
    expect(first).toEqual({ lines: [{ text: "été 1" }, { text: "" }], place: "9" });
    expect(await source.read("s", { place: "9" })).toEqual({ lines: [], place: "9" });
    appendFileSync(file, "f\nx");
    expect(await source.read("s", { place: "9" })).toEqual({
      lines: [{ text: "half" }],
      place: "14",
    });
  });

  test("the last lines of a long file, and what is longer than one answer in several", async () => {
    const all = Array.from({ length: 300_000 }, (_, at) => `line ${String(at)}`);
    writeFileSync(file, `${all.join("\n")}\n`);
    expect((await source.read("s", { last: 2 }))?.lines.map(({ text }) => text)).toEqual(
      all.slice(-2),
    );
    const read: string[] = [];
    let at: string | undefined;
    for (;;) {
      const page = await source.read("s", { place: at });
      read.push(...(page?.lines ?? []).map(({ text }) => text));
      if (page?.place === at) break;
      at = page?.place;
    }
    expect(read).toEqual(all);
  });
});

test.each([
  ["plain words", "plain words"],
  ['{"some": "json"}', '{"some": "json"}'],
  ["{broken", "{broken"],
  [
    '{"partner":"p","step":"fetch","time":"2026-11-21T17:58:46.434Z","level":"info","message":"it runs","files":3,"signal":null,"why":"a b"}',
    '17:58:46 it runs  files=3 why="a b"',
  ],
  ['{"level":"error","message":"it ended"}', "error it ended"],
  [
    "\u001b[31mred\u001b[0m \u001b]52;c;eA==\u0007\u009b2J\u202e\tx\r",
    "red \\u001b]52;c;eA==\\u0007\\u009b2J\\u202e\tx",
  ],
  ['{"level":"info","message":"a\\u001bc","file":"b\\u001bc"}', "a\\u001bc  file=b\\u001bc"],
])("a line of a log for people: %s", (line, text) => {
  expect(logText(line, plain)).toBe(text);
});
