import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startTestS3 } from "../../__tests__/images/support/test-s3";
import {
  FETCH,
  PUBLISH,
  TestRun,
  WorkerBench,
  type EndedStep,
} from "../../__tests__/images/support/worker-process";
import { MISBEHAVIOURS, type Misbehaviour } from "./misbehaviours";

/** How one of them ended. */
export interface ProgramRow {
  readonly name: string;
  readonly ended: string;
  readonly leavings: string;
  readonly seconds: number;
  readonly peakMib: number;
  readonly faults: readonly string[];
}

/**
 * Has the worker run each of them.
 *
 * @param size - bytes of a flood
 * @param which - whether one is run; a disk that fills up needs root's rights, for a file system of its own
 */
export async function programCampaign(
  size: number,
  tell: (line: string) => void,
  which: (misbehaviour: Misbehaviour) => boolean = () => true,
): Promise<readonly ProgramRow[]> {
  const bench = new WorkerBench();
  const s3 = await startTestS3();
  const rows: ProgramRow[] = [];
  try {
    for (const [index, one] of MISBEHAVIOURS.entries()) {
      if (!which(one)) continue;
      const row = await rowOf(one, new TestRun(bench, s3, `ORDER-${String(index)}`), size);
      tell(`${one.name}: ${row.ended}${row.faults.map((fault) => `\n  ${fault}`).join("")}`);
      rows.push(row);
    }
  } finally {
    await s3.close();
    bench.remove();
  }
  return rows;
}

async function rowOf(
  { name, ends, leavings, program, noProgressSeconds = 60, disk, look }: Misbehaviour,
  run: TestRun,
  size: number,
): Promise<ProgramRow> {
  const staging = join(run.root, "mnt/staging");
  mkdirSync(staging, { recursive: true });
  if (disk !== undefined)
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${String(disk)}`, "tmpfs", staging]);
  try {
    run.program(program(size));
    const began = performance.now();
    const step = await run.run({ ...FETCH, noProgressSeconds });
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const publish = (): Promise<EndedStep> => run.run(PUBLISH);
    return {
      name,
      leavings,
      ended: String(step.outcome),
      seconds,
      peakMib: Math.round((step.report?.usage?.peakMemoryBytes ?? 0) / 1024 / 1024),
      faults: [
        ...(step.outcome === ends ? [] : [`expected ${ends}: ${step.report?.message ?? ""}`]),
        ...(await look({ run, ended: step, size, publish })),
      ],
    };
  } finally {
    if (disk !== undefined) execFileSync("umount", ["--lazy", staging]);
  }
}
