import type { RunRef } from "../../modules/contract";
import {
  foldRun,
  readRun,
  type LedgerReader,
  type ParsedKey,
  type RunState,
} from "../../modules/ledger";
import type { Ledger } from "./ports";

/** The ledger as `modules/ledger` reads it: what is read was listed before, so that it is there. */
export const readerOf = (ledger: Ledger): LedgerReader => ({
  list: ledger.list,
  get: async (key) => (await ledger.read(key)).body,
});

/** Leaves out what an array job has thousands of: reports, and the ends of children. */
const isCore = (parsed: ParsedKey): boolean =>
  parsed.kind !== "report" && !(parsed.kind === "status" && parsed.jobId.includes(":"));

/** Reads how far a run is, by the facts about its steps alone; `undefined` where there is nothing of the run. */
export async function runState(ledger: Ledger, run: RunRef): Promise<RunState | undefined> {
  const objects = await readRun(readerOf(ledger), run, isCore);
  return objects.length === 0 ? undefined : foldRun(objects);
}
