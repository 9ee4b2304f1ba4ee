import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EndedStep, TestRun } from "../../__tests__/images/support/worker-process";
import type { ExitCodeName } from "../../modules/contract";

/** A program that does what none should, and what must become of it. */
export interface Misbehaviour {
  readonly name: string;
  /** How the step must end. */
  readonly ends: ExitCodeName;
  /** What becomes of what it leaves, for people. */
  readonly leavings: string;
  /** A Node program; `size` bytes are a flood. */
  readonly program: (size: number) => string;
  readonly noProgressSeconds?: number;
  /** Bytes that staging holds, where it must fill up. */
  readonly disk?: number;
  /** Looks at what is there afterwards. Returns all that is wrong. */
  readonly look: (after: After) => readonly string[] | Promise<readonly string[]>;
}

/** What there is to look at after the step. */
export interface After {
  readonly run: TestRun;
  readonly ended: EndedStep;
  readonly size: number;
  /** Runs the publishing step. */
  readonly publish: () => Promise<EndedStep>;
}

const HANG = "setInterval(() => {}, 1000);";

const alive = (pid: number): boolean => {
  try {
    // A zombie whose parent does not wait for it has ended all the same.
    return !/^\d+ \(.*\) Z/u.test(readFileSync(`/proc/${String(pid)}/stat`, "utf8"));
  } catch {
    return false;
  }
};

const pidsGone = ({ run }: After): readonly string[] =>
  readdirSync(run.files)
    .filter((name) => name.endsWith(".pid"))
    .map((name) => Number(readFileSync(join(run.files, name), "utf8")))
    .filter(alive)
    .map((pid) => `process ${String(pid)} is still there`);

const child = (code: string, detached: boolean): string => `
  const { spawn } = require("node:child_process");
  const child = spawn(process.execPath, ["-e", ${JSON.stringify(code)}],
    { detached: ${String(detached)}, stdio: "ignore" });
  require("node:fs").writeFileSync("child.pid", String(child.pid));
  child.unref();`;

const flood = (unit: string) => (size: number) => `
  const piece = ${unit};
  let left = ${String(size)};
  const write = () => {
    while (left > 0) { left -= piece.length; if (!process.stdout.write(piece)) break; }
    if (left > 0) process.stdout.once("drain", write);
  };
  write();
  require("node:fs").writeFileSync("a.txt", "a");`;

/** What the log of a flood may come to: the burst, and what its rate lets through. */
const smallLog = ({ ended }: After): readonly string[] => {
  const bytes = ended.logs.reduce((sum, line) => sum + JSON.stringify(line).length, 0);
  return bytes < 64 * 1024 * 1024 ? [] : [`${String(bytes)} bytes were logged`];
};

const toldOf =
  (pattern: RegExp) =>
  ({ ended }: After): readonly string[] =>
    ended.logs.some(({ message }) => pattern.test(message)) ||
    pattern.test(ended.report?.message ?? "")
      ? []
      : [`nothing tells of ${String(pattern)}`];

/** All that were thought of. */
export const MISBEHAVIOURS: readonly Misbehaviour[] = [
  {
    name: "hangs, with a child that hangs, too",
    ends: "noProgress",
    leavings: "both processes are ended; its files stay for the next attempt",
    noProgressSeconds: 2,
    program: () => `${child(HANG, false)} ${HANG}`,
    look: (after) => [...pidsGone(after), ...toldOf(/made no progress for 2 s/u)(after)],
  },
  {
    name: "hangs, and does not listen to SIGTERM",
    ends: "noProgress",
    leavings: "killed 20 s after SIGTERM",
    noProgressSeconds: 2,
    program: () =>
      `process.on("SIGTERM", () => {}); require("node:fs").writeFileSync("own.pid", String(process.pid)); ${HANG}`,
    look: pidsGone,
  },
  {
    name: "floods its output with lines",
    ends: "ok",
    leavings: "lines beyond the rate are counted in the log, not kept",
    program: flood('("x".repeat(99) + "\\n").repeat(1000)'),
    look: (after) => [
      ...smallLog(after),
      ...toldOf(/lines of the program's output were left out/u)(after),
    ],
  },
  {
    name: "floods its output with one line without end",
    ends: "ok",
    leavings: "the line is cut after 4 KiB; how much is left out is told",
    program: flood('"y".repeat(100000)'),
    look: smallLog,
  },
  {
    name: "ends and leaves a child that writes on",
    ends: "ok",
    leavings: "the child is ended before the files are listed",
    program: () =>
      child("setInterval(() => require('node:fs').appendFileSync('grows', 'x'), 5)", false) +
      "setTimeout(() => process.exit(0), 300);",
    look: async (after) => [
      ...pidsGone(after),
      ...toldOf(/left processes behind; they were ended/u)(after),
      ...ended(await after.publish(), "ok"),
    ],
  },
  {
    name: "ends and leaves a child in a session of its own that writes on",
    ends: "ok",
    leavings:
      "out of reach until the container ends, which ends it; what it changes is noticed, nothing is published",
    program: () =>
      child("setInterval(() => require('node:fs').appendFileSync('grows', 'x'), 5)", true) +
      "const { existsSync } = require('node:fs'); const wait = setInterval(() => { if (existsSync('grows')) clearInterval(wait); }, 5);",
    look: async (after) => {
      const published = await after.publish();
      process.kill(Number(readFileSync(join(after.run.files, "child.pid"), "utf8")), "SIGKILL");
      return [
        ...ended(published, "badDelivery"),
        ...(after.run.s3.has("landing", `${after.run.prefix}manifest.json`)
          ? ["it was published"]
          : []),
      ];
    },
  },
  {
    name: "writes outside staging: into its home, its directory for temporary files, beside its files",
    ends: "ok",
    leavings:
      "none of it is published; home and temporary files are removed at once, the rest with staging",
    program: () => `
      const fs = require("node:fs"), path = require("node:path");
      fs.writeFileSync("a.txt", "a");
      for (const place of [process.env.HOME, process.env.TMPDIR, ".."])
        fs.writeFileSync(path.join(place, "stray"), "x");
      fs.writeFileSync("../fetch.done", JSON.stringify({ files: 0 }));
      fs.writeFileSync("../uploads.jsonl", "not even JSON\\n");
      fs.writeFileSync("places", process.env.HOME + "\\n" + process.env.TMPDIR);`,
    look: async (after) => {
      const places = readFileSync(join(after.run.files, "places"), "utf8").split("\n");
      const published = await after.publish();
      return [
        ...places.filter(existsSync).map((place) => `${place} is still there`),
        ...ended(published, "ok"),
        ...after.run.s3.keys("landing").filter((key) => key.includes("stray")),
        ...(existsSync(after.run.files) ? ["staging was not emptied"] : []),
      ];
    },
  },
  {
    name: "fills the disk, and says so",
    ends: "outOfSpace",
    leavings:
      "its files stay in staging for the next attempt, which has the same room: give the step more",
    disk: 8 * 1024 * 1024,
    program: () => `require("node:fs").writeFileSync("a.bin", Buffer.alloc(64 * 1024 * 1024));`,
    look: toldOf(/told of a full disk; give the step more room/u),
  },
  {
    name: "fills the disk, and ends as if all were well",
    ends: "outOfSpace",
    leavings: "the order is not marked as fetched, so that no half of it is published",
    disk: 8 * 1024 * 1024,
    program: () => `
      const fs = require("node:fs");
      try { for (;;) fs.appendFileSync("a.bin", Buffer.alloc(4096)); } catch {}
      try { for (;;) fs.appendFileSync("a.bin", "x"); } catch {}`,
    look: async (after) => ended(await after.publish(), "badDelivery"),
  },
];

const ended = (step: EndedStep, wanted: ExitCodeName): readonly string[] =>
  step.outcome === wanted
    ? []
    : [`publishing ended as ${String(step.outcome)}: ${step.report?.message ?? ""}`];
