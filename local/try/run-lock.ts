import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../../modules/core";

/** Locks that this process holds: another process may have had its number before. */
const held = new Set<string>();

/**
 * Keeps two runs from using one state directory, or one from removing it below the other. The lock lies beside the
 * directory; one that a killed process left is taken over.
 *
 * @returns gives the lock back
 * @throws ConfigError while another run is under way
 */
export function lockRuns(stateDirectory: string, partner: string): () => void {
  const file = `${stateDirectory}.lock`;
  mkdirSync(path.dirname(file), { recursive: true });
  if (!take(file)) {
    const holder = Number(readFileSync(file, "utf8"));
    if (holder === process.pid ? held.has(file) : isAlive(holder))
      throw new ConfigError(
        `another run of ${partner} is under way on this machine (process ${String(holder)}); wait until it has ended, or stop it`,
      );
    rmSync(file, { force: true });
    if (!take(file)) return lockRuns(stateDirectory, partner);
  }
  held.add(file);
  return () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
