import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../../modules/core/errors";

/** Directories that this process holds: after a restart in a container another run may have had the same process id. */
const HELD = new Set<string>();

/** Keeps two servers from writing to one directory, which would mix their journals. */
export class DirectoryLock {
  readonly #path: string;

  constructor(private readonly directory: string) {
    this.#path = join(directory, "lock");
    if (this.#take()) return;
    const holder = Number(readFileSync(this.#path, "utf8"));
    if (holder === process.pid ? HELD.has(directory) : isAlive(holder)) throw this.#taken(holder);
    // Left by a process that was killed.
    rmSync(this.#path, { force: true });
    if (!this.#take()) throw this.#taken(holder);
  }

  release(): void {
    rmSync(this.#path, { force: true });
    HELD.delete(this.directory);
  }

  #take(): boolean {
    try {
      writeFileSync(this.#path, String(process.pid), { flag: "wx" });
      HELD.add(this.directory);
      return true;
    } catch (fault) {
      if (systemCode(fault) === "EEXIST") return false;
      throw fault;
    }
  }

  #taken(holder: number): ConfigError {
    return new ConfigError(
      `directory ${JSON.stringify(this.directory)} is used by another local S3 (process ${String(holder)}); end that one or name another directory`,
    );
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    // EPERM: it runs, but as somebody else.
    return systemCode(fault) === "EPERM";
  }
}

/** The code of a failure of the system. */
function systemCode(fault: unknown): unknown {
  return typeof fault === "object" && fault !== null && "code" in fault ? fault.code : undefined;
}
