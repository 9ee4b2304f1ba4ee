import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log } from "../../../../images/worker/src/log";
import { runProgram } from "../../../../images/worker/src/program/run-program";

const directory = mkdtempSync(join(tmpdir(), "run-program-"));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

test("kills a program that does not listen to SIGTERM when its grace is over", async () => {
  const stop = new AbortController();
  const lines: string[] = [];
  const log = new Log({}, (line) => {
    lines.push(line);
    if (line.includes('"waiting"')) stop.abort();
  });
  const end = await runProgram({
    file: process.execPath,
    args: [
      "-e",
      `process.on("SIGTERM", () => console.log("no"));
       require("node:fs").writeFileSync("pid", String(process.pid));
       setInterval(() => {}, 1000);
       console.log("waiting");`,
    ],
    directory,
    environment: {},
    noProgressSeconds: 60,
    graceSeconds: 0.5,
    log,
    stop: stop.signal,
  });
  expect(end).toEqual({
    exitCode: null,
    signal: "SIGKILL",
    stderrTail: "",
    endedBy: "stop",
    sawNoSpace: false,
  });
  expect(lines.some((line) => line.includes('"no"'))).toBe(true);
  const pid = Number(readFileSync(join(directory, "pid"), "utf8"));
  expect(() => process.kill(pid, 0)).toThrow("kill ESRCH");
});

test("ends a program at once when the signal to stop came before it", async () => {
  const end = await runProgram({
    file: process.execPath,
    args: ["-e", "setInterval(() => {}, 1000)"],
    directory,
    environment: {},
    noProgressSeconds: 60,
    log: new Log({}, () => undefined),
    stop: AbortSignal.abort(),
  });
  expect(end.endedBy).toBe("stop");
});
