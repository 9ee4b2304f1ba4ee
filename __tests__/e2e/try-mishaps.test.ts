import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import { type TryResult } from "../../local/try";
import { labelProject, toldCommand } from "../cli/label-project";
import { type Called, REPOSITORY, type ScratchProject } from "../cli/scratch-project";

/* What goes wrong on purpose, through the command line as a process of its own, with the real trigger and worker. */

let project: ScratchProject;

beforeAll(() => {
  project = labelProject();
});

afterAll(() => {
  project.remove();
});

async function partnerIngest(...args: readonly string[]): Promise<Called> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", path.join(REPOSITORY, "cli/index.ts"), ...args, "-C", project.root],
    { cwd: REPOSITORY, stdio: ["ignore", "pipe", "pipe"] },
  );
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}

/** Runs the label's order with mishaps and tells what became of it, and of its steps by the ledger. */
async function tried(
  ...mishaps: readonly string[]
): Promise<{ code: number; result: TryResult; shown: Shown }> {
  const { code, stdout } = await partnerIngest(
    ...["try", "universal-music", "--fresh", "--json", ...mishaps],
  );
  const shown = await partnerIngest("orders", "show", "universal-music", "ORDER-1", "--json");
  return {
    code,
    result: JSON.parse(stdout) as TryResult,
    shown: JSON.parse(shown.stdout) as Shown,
  };
}

interface Shown {
  readonly runs: readonly {
    readonly status: string;
    readonly steps: readonly {
      readonly step: string;
      readonly generations: readonly {
        readonly status: string;
        readonly submitted: { readonly jobQueue: string };
        readonly reports: readonly { readonly outcome: string }[];
      }[];
    }[];
  }[];
}

/** The generations of a step: how each ended, and on which queue. */
const generations = ({ runs: [run] }: Shown, step: string): string[] =>
  run?.steps
    .find((each) => each.step === step)
    ?.generations.map(
      ({ status, submitted }) => `${status} on ${submitted.jobQueue.split("--").pop() ?? ""}`,
    ) ?? [];

const outcomes = ({ runs: [run] }: Shown, step: string): string[] =>
  run?.steps
    .find((each) => each.step === step)
    ?.generations.flatMap(({ reports }) => reports.map(({ outcome }) => outcome)) ?? [];

/** One order, one claim, one delivery that its manifest agrees with. */
function expectOnce({ orders }: TryResult): void {
  expect(orders).toHaveLength(1);
  const [order] = orders;
  expect(order?.ledgerKeys.filter((key) => key.endsWith("/claim.json"))).toHaveLength(1);
  expect(order?.deliveries.map(({ differences }) => differences)).toEqual([[]]);
}

test("try --interrupt-always: each Spot host is taken away, the last try is on demand", async () => {
  const { code, result, shown } = await tried("--interrupt-always");
  expect({ code, outcome: result.outcome, alerts: result.alerts }).toEqual({
    code: 0,
    outcome: "delivered",
    alerts: [],
  });
  expectOnce(result);
  expect(generations(shown, "fetch")).toEqual([
    "failed on label-standard",
    "succeeded on label-on-demand",
  ]);
  // What depends on it is submitted anew once, and runs once.
  expect(generations(shown, "publish")).toHaveLength(2);
  expect(outcomes(shown, "publish")).toEqual(["ok"]);
  const told = outcomes(shown, "fetch");
  expect(told.at(-1)).toBe("ok");
  expect(new Set(told.slice(0, -1))).toEqual(new Set(["interrupted"]));
  expect(told.length).toBeGreaterThan(2);
});

test("try --interrupt --duplicate 100: the same event a hundred times, and a host that is taken away", async () => {
  const { code, result, shown } = await tried("--interrupt", "--duplicate", "100");
  expect({ code, outcome: result.outcome, alerts: result.alerts }).toEqual({
    code: 0,
    outcome: "delivered",
    alerts: [],
  });
  expectOnce(result);
  expect(shown.runs).toHaveLength(1);
  expect(outcomes(shown, "fetch")).toEqual(["interrupted", "ok"]);
  expect(outcomes(shown, "publish")).toEqual(["ok"]);
  expect(result.orders[0]?.jobs.map(({ step }) => step)).toEqual(["fetch", "publish"]);
});

test("try --fail STEP: the alert's own command, typed as it stands, delivers", async () => {
  const { code, result, shown } = await tried("--fail", "fetch");
  expect({ code, outcome: result.outcome }).toEqual({ code: 4, outcome: "failed" });
  expect(shown.runs.map(({ status }) => status)).toEqual(["failed"]);
  const [alert = "", ...more] = result.alerts;
  expect(more).toEqual([]);
  const rerun = await partnerIngest(...toldCommand(alert, "Next:"));
  expect({ code: rerun.code, told: rerun.stdout }).toEqual({
    code: 0,
    told: expect.stringMatching(/^"ORDER-1" {2}delivered {2}order-1-[0-9a-f]{12}\/2\n/u) as string,
  });
});
