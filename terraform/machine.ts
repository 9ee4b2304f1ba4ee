import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/** What the search for tools knows of a machine; made up in tests. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return { platform: process.platform, arch: process.arch, home: homedir(), env: process.env };
}

/** Finds a program on the PATH, as a shell would; `undefined` when it is not there. */
export function findProgram(machine: Machine, name: string): string | undefined {
  const windows = machine.platform === "win32";
  const names = windows ? [`${name}.exe`, `${name}.cmd`] : [name];
  return (machine.env["PATH"] ?? "")
    .split(windows ? ";" : ":")
    .filter((directory) => directory !== "")
    .flatMap((directory) => names.map((file) => path.join(directory, file)))
    .find(isExecutableFile);
}

/** Names of the directories in a directory; none where it can not be read. */
export function subdirectories(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

/** True for an existing directory, also through a link. */
export function isDirectory(directory: string): boolean {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isExecutableFile(file: string): boolean {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
