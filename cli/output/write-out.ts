import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../../modules/core/errors";

/** A file below the directory that `--out` names. */
export interface OutFile {
  readonly name: string;
  readonly content: string;
  /** @default - its content alone counts */
  readonly executable?: boolean;
}

/**
 * Writes files below the directory that `--out` names, which is made where it is missing.
 *
 * @returns their paths
 * @throws ConfigError where the file system refuses: the user chose the place
 */
export function writeOut(directory: string, files: readonly OutFile[]): string[] {
  return files.map(({ name, content, executable = false }) => {
    const file = path.join(directory, name);
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      if (executable) chmodSync(file, 0o755);
    } catch (error) {
      throw new ConfigError(
        `--out must be a directory that can be written to, got ${JSON.stringify(directory)}: ${(error as NodeJS.ErrnoException).message}`,
      );
    }
    return file;
  });
}
