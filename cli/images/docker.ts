import { spawn } from "node:child_process";
import { MissingToolError } from "../../modules/core";
import { findProgram, thisMachine } from "../../terraform/machine";

/** A program was called and failed. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/** Finds docker. @throws MissingToolError saying how to get it */
export function findDocker(): string {
  const found = findProgram(thisMachine(), "docker");
  if (found !== undefined) return found;
  throw new MissingToolError(
    "docker is not on the PATH, images are built with docker buildx; install Docker Engine or Docker Desktop: https://docs.docker.com/engine/install. Without it: images lock --env <an offline environment> names images by their sources",
  );
}

/** Calls docker; its output goes to `onLine`. @throws ToolError with its last words when it fails */
export async function callDocker(
  program: string,
  args: readonly string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], signal });
  const tail: string[] = [];
  const tell = (chunk: Buffer): void => {
    for (const line of chunk
      .toString("utf8")
      .split("\n")
      .filter((text) => text.trim() !== "")) {
      tail.push(line);
      tail.splice(0, tail.length - 20);
      onLine(line);
    }
  };
  child.stdout.on("data", tell);
  child.stderr.on("data", tell);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0)
    throw new ToolError(
      `docker ${args.slice(0, 2).join(" ")} failed with exit code ${String(code)}:\n${tail.join("\n")}`,
    );
}
