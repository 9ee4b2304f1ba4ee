import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestS3 } from "../support/test-s3";
import { FETCH, TestRun, WorkerBench } from "../support/worker-process";

const bench = new WorkerBench();
const directory = mkdtempSync(join(tmpdir(), "early-stop-"));
afterAll(() => {
  bench.remove();
  rmSync(directory, { recursive: true });
});

/** Sends the signal while the bundle is being loaded: when the SDK asks for its first module of Node. */
const preload = join(directory, "preload.cjs");
writeFileSync(
  preload,
  `const Module = require("node:module");
   const load = Module._load;
   let sent = false;
   Module._load = function (name, ...rest) {
     if (!sent && /^(?:node:)?https$/.test(name)) {
       sent = true;
       process.kill(process.pid, "SIGTERM");
     }
     return load.call(this, name, ...rest);
   };`,
);

test("a signal in the first moments ends the step as interrupted, and its program is not left running", async () => {
  const s3 = await startTestS3();
  try {
    const run = new TestRun(bench, s3);
    run.program(`setInterval(() => {}, 1000);`);
    const ended = await run.start(FETCH, { NODE_OPTIONS: `--require ${preload}` }).ended;
    expect([ended.outcome, ended.signal]).toEqual(["interrupted", null]);
    expect(ended.report).toMatchObject({ outcome: "interrupted", interruptedByHost: true });
  } finally {
    await s3.close();
  }
});

test("what is wrong with the environment is told also when the signal came first", async () => {
  const child = spawn(process.execPath, ["--require", preload, bench.bundle, "fetch"], { env: {} });
  const lines: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => lines.push(piece));
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(64);
  expect(Buffer.concat(lines).toString("utf8")).toContain(
    "the worker's environment is not usable: variables are missing",
  );
});
