import { readFileSync, rmSync, writeFileSync } from "node:fs";

/** The services of a run that is under way, for whoever looks at it meanwhile. */
export interface RunningServices {
  readonly pid: number;
  /** Addresses on loopback. */
  readonly s3: string;
  readonly batch: string;
}

const fileOf = (stateDirectory: string): string => `${stateDirectory}.running.json`;

/**
 * Tells others on this machine where the services of a run are. The note lies beside the state directory, like its lock.
 *
 * @returns takes the note back
 */
export function tellServices(
  stateDirectory: string,
  services: Omit<RunningServices, "pid">,
): () => void {
  const file = fileOf(stateDirectory);
  const note: RunningServices = { pid: process.pid, ...services };
  writeFileSync(file, JSON.stringify(note), { mode: 0o600 });
  return () => {
    // The next run may have begun, and told of its own.
    if (runningServices(stateDirectory)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/** Where the services of a run are that is under way in another process; `undefined` when there is none. */
export function runningServices(stateDirectory: string): RunningServices | undefined {
  try {
    const note = JSON.parse(readFileSync(fileOf(stateDirectory), "utf8")) as RunningServices;
    // Of a process that was killed the note is left.
    process.kill(note.pid, 0);
    return note;
  } catch {
    return undefined;
  }
}
