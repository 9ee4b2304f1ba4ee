import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * Kills every process that has `name=value` in its environment, however it came to be there: a program that was started
 * in a session of its own outlives the process that started it, which in a container it could not.
 *
 * @returns how many were killed
 */
export function killMarked(name: string, value: string): number {
  let killed = 0;
  // A process may start another between the look and the signal, so look until none is left.
  for (let round = 0; round < 10; round += 1) {
    const pids = findMarked(`${name}=${value}`).filter((pid) => pid !== process.pid);
    if (pids.length === 0) break;
    for (const pid of pids) if (kill(pid)) killed += 1;
  }
  return killed;
}

/** Sends SIGKILL; false where the process is gone. */
function kill(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

function findMarked(mark: string): number[] {
  return process.platform === "linux" ? fromProc(mark) : fromPs(mark);
}

function fromProc(mark: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(mark);
      } catch {
        // Gone, or of another user.
        return false;
      }
    })
    .map(Number);
}

/** macOS and the BSDs: `ps -E` shows the environment behind the command. */
function fromPs(mark: string): number[] {
  if (process.platform === "win32") return [];
  const table = execFileSync("ps", ["-A", "-E", "-ww", "-o", "pid=,command="], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return table
    .split("\n")
    .filter((line) => line.includes(mark))
    .map((line) => Number.parseInt(line.trim(), 10));
}
