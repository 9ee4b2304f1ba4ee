import { statfs } from "node:fs/promises";
import type { ProcessSettings } from "../../../../modules/contract";
import { StepError } from "../step/step-error";
import type { SizedFile } from "./sizes";

/** Bytes that a process without rights of the administrator may still write to the disk of a directory. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** Room that the files need at the same time, results included. */
export function neededBytes(
  files: readonly SizedFile[],
  { per, parallel, scratchFactor }: Pick<ProcessSettings, "per" | "parallel" | "scratchFactor">,
): number {
  const sizes = files.map(({ size }) => size).sort((a, b) => b - a);
  const together = per === "slice" ? sizes : sizes.slice(0, parallel);
  return Math.ceil(together.reduce((sum, size) => sum + size, 0) * scratchFactor);
}

/**
 * Makes sure that there is room, before the first byte is loaded.
 *
 * @throws StepError `outOfSpace`
 */
export function requireRoom(
  files: readonly SizedFile[],
  settings: Pick<ProcessSettings, "per" | "parallel" | "scratchFactor">,
  free: number,
  directory: string,
): void {
  const needed = neededBytes(files, settings);
  if (needed <= free) return;
  const largest = files.reduce<SizedFile | undefined>(
    (most, file) => (most === undefined || file.size > most.size ? file : most),
    undefined,
  );
  const what =
    settings.per === "slice"
      ? `the ${String(files.length)} files of this part`
      : `the ${String(Math.min(settings.parallel, files.length))} largest files, which may be worked on at a time,`;
  const cure =
    settings.per === "slice"
      ? "give the step more children"
      : "let it work on fewer files at a time (parallel)";
  throw new StepError(
    "outOfSpace",
    `${what} need ${String(needed)} bytes on ${JSON.stringify(directory)}, ${String(settings.scratchFactor)} times their size ` +
      `for their results, too; ${String(free)} bytes are free. The largest is ${JSON.stringify(largest?.path)} ` +
      `with ${String(largest?.size)} bytes. Nothing was loaded: ${cure}, or its pool more scratchGib`,
  );
}
