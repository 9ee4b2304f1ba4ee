import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type TryResult } from "../local/try";

/** Where the result of a partner's last run on this machine is kept. */
export const lastRunFile = (stateDirectory: string): string =>
  path.join(stateDirectory, "last-run.json");

/** The result of a partner's last run on this machine, if there was one. */
export function readLastRun(stateDirectory: string): TryResult | undefined {
  const file = lastRunFile(stateDirectory);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as TryResult) : undefined;
}
