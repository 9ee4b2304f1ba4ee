import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../log";
import { messageOf, StepError } from "../step/step-error";
import type { LineSplitter } from "./lines";
import { OutputLog } from "./output-log";
import { signalGroup } from "./process-group";
import { watchProgress } from "./watch-progress";

/** How long a program may take to end after SIGTERM. ECS ends the container 30 s after its own SIGTERM by default. */
const GRACE_SECONDS = 20;

/** How long output is waited for that a process outside the group may hold open. */
const DRAIN_MS = 5000;

/** What to run, and how to look after it. */
export interface ProgramRun {
  readonly file: string;
  readonly args: readonly string[];
  /** The directory the program starts in, whose growth counts as progress. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly noProgressSeconds: number;
  readonly log: Log;
  readonly stop: AbortSignal;
  /** Receives stdout in place of the log. */
  readonly stdout?: LineSplitter | undefined;
  /**
   * Time between SIGTERM and SIGKILL.
   *
   * @default 20
   */
  readonly graceSeconds?: number;
}

/** How a program ended. */
export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderrTail: string;
  /** Why the worker ended it, if it did. */
  readonly endedBy?: "stop" | "noProgress" | undefined;
  readonly sawNoSpace: boolean;
}

/**
 * Runs a program in a process group of its own, without a shell and without input, until it and all that it left
 * behind in its group have ended.
 */
export async function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  const child = await start(run);
  const leader = child.pid ?? 0;
  const output = new OutputLog(run.log);
  const stdout = run.stdout ?? output.stream("stdout");
  const stderr = output.stream("stderr");
  let endedBy: ProgramEnd["endedBy"];
  const killTimers: NodeJS.Timeout[] = [];
  const end = (reason: "stop" | "noProgress"): void => {
    if (endedBy !== undefined) return;
    endedBy = reason;
    signalGroup(leader, "SIGTERM");
    const grace = (run.graceSeconds ?? GRACE_SECONDS) * 1000;
    killTimers.push(setTimeout(() => signalGroup(leader, "SIGKILL"), grace));
  };
  const onStop = (): void => {
    end("stop");
  };
  const watch = watchProgress({
    ...run,
    output,
    onStuck: () => {
      end("noProgress");
    },
  });
  child.stdout?.on("data", (chunk: Buffer) => {
    watch.sawOutput();
    stdout.push(chunk);
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    watch.sawOutput();
    stderr.push(chunk);
  });
  const closed = new Promise<void>((resolve) =>
    child.once("close", () => {
      resolve();
    }),
  );
  const exited = new Promise<[number | null, string | null]>((resolve) =>
    child.once("exit", (code, signal) => {
      resolve([code, signal]);
    }),
  );
  run.stop.addEventListener("abort", onStop, { once: true });
  if (run.stop.aborted) onStop();
  try {
    const [exitCode, signal] = await exited;
    endLeftOvers(leader, run.log);
    await drain(child, closed);
    stdout.end();
    stderr.end();
    output.tellLeftOut();
    const { stderrTail, sawNoSpace } = output;
    return { exitCode, signal, stderrTail, endedBy, sawNoSpace };
  } finally {
    run.stop.removeEventListener("abort", onStop);
    killTimers.forEach(clearTimeout);
    watch.stop();
  }
}

async function start(run: ProgramRun): Promise<ChildProcess> {
  try {
    const child = spawn(run.file, run.args, {
      cwd: run.directory,
      env: run.environment,
      // Own process group: so that all that the program starts can be signalled and ended with it.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      shell: false,
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    // Failed signals are told by the group, not by the child.
    child.on("error", () => undefined);
    return child;
  } catch (error) {
    throw new StepError(
      "configuration",
      `the partner's program ${JSON.stringify(run.file)} can not be started: ${messageOf(error)}; ` +
        "check steps.program, and that the image holds it as an executable file with its interpreter",
      { cause: error },
    );
  }
}

/** Ends what is left of the group: it would go on writing into files that are about to be published. */
function endLeftOvers(leader: number, log: Log): void {
  if (signalGroup(leader, "SIGKILL"))
    log.warn("the program has ended and left processes behind; they were ended");
}

async function drain(child: ChildProcess, closed: Promise<void>): Promise<void> {
  const timer = new AbortController();
  const late = delay(DRAIN_MS, "late" as const, { signal: timer.signal }).catch(() => undefined);
  const first = await Promise.race([closed, late]);
  timer.abort();
  if (first !== "late") return;
  // A process that left the group holds the pipe; the container's end will end it.
  child.stdout?.destroy();
  child.stderr?.destroy();
}
