import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startTestS3, type TestS3 } from "../support/test-s3";
import { FETCH, TestRun, WorkerBench } from "../support/worker-process";

const bench = new WorkerBench();
afterAll(() => {
  bench.remove();
});

let s3: TestS3;
beforeEach(async () => {
  s3 = await startTestS3();
});
afterEach(() => s3.close());

const run = (orderId?: string, environment?: Readonly<Record<string, string>>): TestRun =>
  new TestRun(bench, s3, orderId, bench.newRoot(), environment);

const alive = (pid: number): boolean => {
  try {
    // A zombie whose parent does not wait for it has ended all the same.
    return !/^\d+ \(.*\) Z/u.test(readFileSync(`/proc/${String(pid)}/stat`, "utf8"));
  } catch {
    return false;
  }
};

const pidIn = (file: string): number => Number(readFileSync(file, "utf8"));

describe("what the program gets", () => {
  test.each([
    ["a path that climbs", "../../etc/passwd"],
    ["quotes", `"it's" \`now\` $(id)`],
    ["spaces at both ends", "  a  b  "],
    ["emoji", "👩‍🚀 Ünï/códe"],
    ["a placeholder", "{staging} {orderId}"],
    ["1,000 characters", "x".repeat(1000)],
    ["an option's form", "--help"],
  ])("an order id with %s as one plain argument", async (_, orderId) => {
    const order = run(orderId);
    order.program(`
      require("node:fs").writeFileSync(process.argv[5] + "/seen", JSON.stringify(process.argv.slice(2)));
    `);
    const { outcome } = await order.run(FETCH);
    expect(outcome).toBe("ok");
    expect(JSON.parse(readFileSync(join(order.files, "seen"), "utf8"))).toEqual([
      "--order",
      orderId,
      "--into",
      order.files,
    ]);
  });

  test("its secrets, a home of its own, and none of the worker's rights", async () => {
    const order = run("ORDER-1", {
      ACME_TOKEN: "s3cr3t",
      HOME: "/home/somebody",
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/x",
      AWS_SESSION_TOKEN: "session",
      ECS_CONTAINER_METADATA_URI_V4: "http://169.254.170.2/v4/x",
    });
    order.program(`
      const fs = require("node:fs");
      fs.writeFileSync(process.env.TMPDIR + "/scratch", "");
      fs.writeFileSync(process.env.HOME + "/.config", "");
      fs.writeFileSync("seen", JSON.stringify(process.env));
      console.log("stdin holds " + fs.readFileSync(0).length + " bytes");
    `);
    const ended = await order.run(FETCH);
    expect(ended.outcome).toBe("ok");
    const seen = JSON.parse(readFileSync(join(order.files, "seen"), "utf8")) as Record<
      string,
      string
    >;
    expect(seen["ACME_TOKEN"]).toBe("s3cr3t");
    expect(seen["HOME"]).not.toBe("/home/somebody");
    expect(existsSync(seen["HOME"] ?? "")).toBe(false);
    expect(Object.keys(seen).filter((name) => /^(?:AWS|ECS|PARTNER_INGEST)_/u.test(name))).toEqual([
      "AWS_EC2_METADATA_DISABLED",
      "AWS_REGION",
    ]);
    expect(ended.logs.map(({ message }) => message)).toContain("stdin holds 0 bytes");
    expect(JSON.stringify(ended.logs)).not.toContain("s3cr3t");
    expect(JSON.stringify(ended.report)).not.toContain("s3cr3t");
  });
});

describe("how the program ends", () => {
  test("an error: its code and the end of its error output are in the report", async () => {
    const order = run();
    order.program(`console.error("no such order"); process.exit(1);`);
    const ended = await order.run(FETCH);
    expect(ended.outcome).toBe("programFailed");
    expect(ended.report).toMatchObject({
      outcome: "programFailed",
      message: "the program ended with exit code 1; the end of its error output is in the report",
      program: { exitCode: 1, signal: null, stderrTail: "no such order" },
    });
    expect(existsSync(join(order.files, "../fetch.done"))).toBe(false);
  });

  test("a code that asks to try later", async () => {
    const order = run();
    order.program("process.exit(3);");
    const ended = await order.run(FETCH);
    expect(ended.outcome).toBe("tryLater");
    expect(ended.report?.message).toBe(
      "the program ended with exit code 3: the partner's server is down or asks to wait",
    );
  });

  test("a signal, as when the memory is used up", async () => {
    const order = run();
    order.program(`process.kill(process.pid, "SIGKILL");`);
    const ended = await order.run(FETCH);
    expect(ended.outcome).toBe("programFailed");
    expect(ended.report?.program).toEqual({ exitCode: null, signal: "SIGKILL", stderrTail: "" });
    expect(ended.report?.message).toBe(
      "the program ended with signal SIGKILL (often: out of memory; raise compute.memory); " +
        "the end of its error output is in the report",
    );
  });

  test("a full disk that it tells of", async () => {
    const order = run();
    order.program(`console.error("write failed: No space left on device"); process.exit(9);`);
    expect((await order.run(FETCH)).outcome).toBe("outOfSpace");
  });

  test("not at all, for it is not there", async () => {
    const order = run();
    const ended = await order.run(FETCH);
    const program = join(order.root, "opt/acme/bin/export");
    expect(ended.outcome).toBe("configuration");
    expect(ended.report?.message).toBe(
      `the partner's program ${JSON.stringify(program)} can not be started: spawn ${program} ENOENT; ` +
        "check steps.program, and that the image holds it as an executable file with its interpreter",
    );
  });

  test("not by itself: silent without new bytes, it is ended with all its processes", async () => {
    const order = run();
    order.program(`
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      require("node:fs").writeFileSync("child.pid", String(child.pid));
      setInterval(() => {}, 1000);
    `);
    const ended = await order.run({ ...FETCH, noProgressSeconds: 1 });
    expect(ended.outcome).toBe("noProgress");
    expect(ended.report?.message).toBe(
      "the program made no progress for 1 s: neither output nor new bytes in staging; it was ended. " +
        "Raise steps.noProgressSeconds if it may be silent for longer",
    );
    expect(alive(pidIn(join(order.files, "child.pid")))).toBe(false);
  });

  test.each([
    ["output", `console.log("still here");`],
    ["files", `require("node:fs").appendFileSync("data", "x".repeat(1000));`],
  ])("later than the limit, as long as there is %s", async (_, work) => {
    const order = run();
    order.program(`
      let left = 20;
      const timer = setInterval(() => { ${work} if (--left === 0) clearInterval(timer); }, 150);
    `);
    expect((await order.run({ ...FETCH, noProgressSeconds: 1.5 })).outcome).toBe("ok");
  });

  test("and leaves a process behind, which is ended before the files are listed", async () => {
    const order = run();
    order.program(`
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e",
        "setInterval(() => require('node:fs').appendFileSync('grows', 'x'), 10)"], { stdio: "inherit" });
      require("node:fs").writeFileSync("child.pid", String(child.pid));
      setTimeout(() => process.exit(0), 300);
    `);
    const ended = await order.run(FETCH);
    expect(ended.outcome).toBe("ok");
    expect(alive(pidIn(join(order.files, "child.pid")))).toBe(false);
    expect(ended.logs.map(({ message }) => message)).toContain(
      "the program has ended and left processes behind; they were ended",
    );
  });

  test("while a process of another group holds its output: that one is not waited for", async () => {
    const order = run();
    order.program(`
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "inherit", detached: true });
      require("node:fs").writeFileSync("child.pid", String(child.pid));
      child.unref();
    `);
    const ended = await order.run(FETCH);
    process.kill(pidIn(join(order.files, "child.pid")), "SIGKILL");
    expect(ended.outcome).toBe("ok");
  });
});

describe("its output", () => {
  test("is logged line by line with the run's fields", async () => {
    const order = run();
    order.program(`process.stdout.write("one\\ntwo"); process.stderr.write("50%\\r100%\\n");`);
    const { logs } = await order.run(FETCH);
    expect(logs.filter(({ stream }) => stream !== undefined)).toEqual(
      expect.arrayContaining(
        [
          ["stdout", "one"],
          ["stdout", "two"],
          ["stderr", "50%"],
          ["stderr", "100%"],
        ].map(([stream, message]) => ({
          partner: "acme",
          order: "ORDER-1",
          run: `${order.orderKey}/1`,
          step: "fetch",
          generation: 1,
          job: "job-fetch",
          jobAttempt: 1,
          level: "info",
          time: expect.any(String) as string,
          stream,
          message,
        })),
      ),
    );
  });

  test("may flood: what is too much is counted, not logged", async () => {
    const order = run();
    order.program(`
      const line = "x".repeat(99) + "\\n";
      const write = (left) => {
        if (left === 0) return process.stdout.write("y".repeat(3000000) + "\\n");
        process.stdout.write(line.repeat(1000), () => write(left - 1));
      };
      write(1000);
    `);
    const { outcome, logs } = await order.run(FETCH);
    expect(outcome).toBe("ok");
    const shown = logs.filter(({ stream }) => stream !== undefined).length;
    const leftOut = logs.reduce((sum, line) => sum + Number(line["leftOut"] ?? 0), 0);
    expect(shown).toBeLessThan(10_000);
    expect(shown + leftOut).toBe(1_000_001);
  });

  test("may have a line without end: it is cut", async () => {
    const order = run();
    order.program(`process.stdout.write("y".repeat(3000000));`);
    const { logs } = await order.run(FETCH);
    expect(logs.filter(({ cutBytes }) => cutBytes !== undefined)).toEqual([
      expect.objectContaining({ message: "y".repeat(4096), cutBytes: 3_000_000 - 4096 }),
    ]);
  });
});

describe("a later attempt", () => {
  const COUNTING = `
    const fs = require("node:fs");
    const runs = fs.existsSync("../runs") ? Number(fs.readFileSync("../runs")) : 0;
    fs.writeFileSync("../runs", String(runs + 1));
    fs.writeFileSync("data", "hello");
  `;
  const runs = (order: TestRun): string => readFileSync(join(order.files, "../runs"), "utf8");

  test("does not run the program again when the order is fetched", async () => {
    const order = run();
    order.program(COUNTING);
    await order.run(FETCH);
    const again = await order.run(FETCH);
    expect(again.outcome).toBe("ok");
    expect(again.report?.counts).toEqual({ files: 1, bytes: 5, fetchedBefore: 1 });
    expect(runs(order)).toBe("1");
  });

  test("runs it again when staging does not hold what was fetched", async () => {
    const order = run();
    order.program(COUNTING);
    await order.run(FETCH);
    writeFileSync(join(order.files, "data"), "hell");
    expect((await order.run(FETCH)).outcome).toBe("ok");
    expect(runs(order)).toBe("2");
  });

  test("runs it again when the mark is damaged", async () => {
    const order = run();
    order.program(COUNTING);
    await order.run(FETCH);
    writeFileSync(join(order.files, "../fetch.done"), "{");
    expect((await order.run(FETCH)).outcome).toBe("ok");
    expect(runs(order)).toBe("2");
  });
});

describe("a signal to stop", () => {
  test("ends the program, saves what is there, and the next attempt goes on", async () => {
    const order = run();
    order.program(`
      const fs = require("node:fs");
      if (fs.existsSync("half")) { fs.writeFileSync("whole", ""); process.exit(0); }
      fs.writeFileSync("half", "");
      process.on("SIGTERM", () => { console.log("asked to end"); process.exit(0); });
      setInterval(() => {}, 1000);
      console.log("waiting");
    `);
    const step = order.start(FETCH);
    await step.logged(/waiting/u);
    step.child.kill("SIGTERM");
    const ended = await step.ended;
    expect(ended.code).toBe(75);
    expect(ended.report).toMatchObject({
      outcome: "interrupted",
      interruptedByHost: true,
      message:
        "the step was told to stop before it was done; the next attempt goes on from what is saved",
      program: { exitCode: 0 },
    });
    expect(ended.logs.map(({ message }) => message)).toContain("asked to end");
    expect((await order.run(FETCH)).outcome).toBe("ok");
    expect(existsSync(join(order.files, "whole"))).toBe(true);
  });
});

test("a program that dies with the worker and its container goes on where it was", async () => {
  const order = run();
  order.program(`
    const fs = require("node:fs");
    fs.writeFileSync("../program.pid", String(process.pid));
    const have = fs.existsSync("data") ? fs.statSync("data").size : 0;
    console.log("have " + have);
    if (have > 0) { fs.appendFileSync("data", "second"); process.exit(0); }
    fs.writeFileSync("data", "first");
    setInterval(() => {}, 1000);
  `);
  const step = order.start(FETCH);
  await step.logged(/have 0/u);
  while (!existsSync(join(order.files, "data"))) await delay(10);
  step.child.kill("SIGKILL");
  process.kill(pidIn(join(order.files, "../program.pid")), "SIGKILL");
  expect((await step.ended).signal).toBe("SIGKILL");
  const again = await order.run(FETCH);
  expect(again.outcome).toBe("ok");
  expect(again.logs.map(({ message }) => message)).toContain("have 5");
  expect(readFileSync(join(order.files, "data"), "utf8")).toBe("firstsecond");
});

test("refuses a link in the place of its own directory", async () => {
  const order = run();
  order.program("");
  mkdirSync(join(order.root, "mnt/staging", order.orderKey), { recursive: true });
  mkdirSync(join(order.root, "elsewhere/files"), { recursive: true });
  symlinkSync(join(order.root, "elsewhere"), join(order.root, "mnt/staging", order.orderKey, "1"));
  const ended = await order.run(FETCH);
  expect(ended.outcome).toBe("badDelivery");
  expect(ended.report?.message).toBe(
    `${JSON.stringify(join(order.root, "mnt/staging", order.orderKey, "1"))} must be a directory of the worker, ` +
      "but is a link or a file; something other than the worker put it there: remove it and start a new attempt",
  );
});

test("a report that can not be written changes nothing", async () => {
  const order = run();
  order.program("");
  s3.fault = ({ key }) =>
    key.endsWith(".report.json") ? { status: 403, code: "AccessDenied" } : undefined;
  const ended = await order.run(FETCH);
  expect(ended.outcome).toBe("ok");
  expect(ended.logs.at(-1)).toMatchObject({
    level: "warn",
    message: expect.stringMatching(/^the report could not be written: /u) as string,
  });
});

test("fails when its environment lacks something, naming all of it", async () => {
  const order = run("ORDER-1", { PARTNER_INGEST_LEDGER_BUCKET: "", AWS_BATCH_JOB_ID: "" });
  const ended = await order.run(FETCH);
  expect(ended.outcome).toBe("configuration");
  expect(ended.logs.map(({ message }) => message)).toEqual([
    "the worker's environment is not usable: variables are missing: " +
      "PARTNER_INGEST_LEDGER_BUCKET, AWS_BATCH_JOB_ID",
  ]);
});
