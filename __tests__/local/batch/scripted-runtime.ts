import {
  type ContainerExit,
  type ContainerRuntime,
  type ContainerSpec,
  ContainerStartError,
  type RunningContainer,
  type Timers,
} from "../../../local/batch";

/** What a scripted container does. */
export type Script =
  | { readonly exit: ContainerExit }
  | { readonly failsToStart: string }
  /** Runs until it is stopped, and then ends with 143. */
  | "runs";

/** Plays containers: the n-th attempt of a job does the n-th entry of its script, by the first word of its command. */
export class ScriptedRuntime implements ContainerRuntime {
  readonly started: ContainerSpec[] = [];
  readonly stopped: { readonly jobName: string; readonly graceSeconds: number }[] = [];
  /** With which code containers end that are asked to stop; those that are killed end with 137. */
  exitWhenStopped = 143;
  private readonly ends = new Map<string, Map<string, (exit: ContainerExit) => void>>();

  constructor(private readonly scripts: Readonly<Record<string, readonly Script[]>>) {}

  start(container: ContainerSpec): Promise<RunningContainer> {
    this.started.push(container);
    const script = this.scripts[container.command[0] ?? ""]?.[container.attempt - 1] ?? {
      exit: { exitCode: 0 },
    };
    if (script !== "runs" && "failsToStart" in script)
      return Promise.reject(new ContainerStartError(script.failsToStart));
    const exited =
      script === "runs"
        ? new Promise<ContainerExit>((resolve) => {
            const ends = this.ends.get(container.jobName) ?? new Map<string, typeof resolve>();
            this.ends.set(container.jobName, ends.set(container.jobId, resolve));
          })
        : Promise.resolve(script.exit);
    return Promise.resolve({
      exited,
      stop: (graceSeconds) => {
        this.stopped.push({ jobName: container.jobName, graceSeconds });
        const exitCode = graceSeconds === 0 ? 137 : this.exitWhenStopped;
        this.ends.get(container.jobName)?.get(container.jobId)?.({ exitCode });
      },
    });
  }

  /** Ends the containers of a job, or of all children of an array, that run. */
  finish(jobName: string, exit: ContainerExit = { exitCode: 0 }): void {
    for (const end of this.ends.get(jobName)?.values() ?? []) end(exit);
  }
}

/** Time that stands still until it is moved. */
export class ManualTimers implements Timers {
  private seconds = 1_700_000_000;
  private readonly due: { at: number; callback: () => void; cancelled: boolean }[] = [];

  now(): number {
    return this.seconds * 1000;
  }

  after(seconds: number, callback: () => void): () => void {
    const entry = { at: this.seconds + seconds, callback, cancelled: false };
    this.due.push(entry);
    return () => {
      entry.cancelled = true;
    };
  }

  /** Moves on, calling what is due. */
  advance(seconds: number): void {
    this.seconds += seconds;
    for (const entry of this.due)
      if (!entry.cancelled && entry.at <= this.seconds) {
        entry.cancelled = true;
        entry.callback();
      }
  }
}
