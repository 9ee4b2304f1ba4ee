import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadProject } from "../modules/app";
import { readDeployments } from "../modules/app/read-deployments";
import type { Principal, World } from "../modules/iam/evaluate";
import { deploys } from "../modules/iam/proof/access/access-role";
import { sampleResources } from "../modules/iam/proof/lock";
import { closedWorld, type Permission, type ScanResource } from "../modules/iam/scan";
import { byEvaluator, bySimulator, isAsked, loadSimulator, somePairs } from "./support/iam-ways";
import { median } from "./support/measure";
import { machine, type Row, saveSection } from "./support/report";

/** Without its indexes the closed world takes minutes instead of seconds: then nobody asks about it in CI. */
const EVALUATOR_AT_LEAST = 20;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    pairs: { type: "string", default: "2000" },
    simulator: { type: "string", default: process.env["BENCH_IAM_SIMULATOR"] ?? "" },
    save: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(
    "npm run bench:iam -- [--rounds 5] [--pairs 2000] [--simulator <directory>] [--save]\n\n" +
      "Decides every action of the catalog on every thing for the roles of this repository's workloads: by the closed world's\n" +
      "scan, by the evaluator without indexes, and by @cloud-copilot/iam-simulate where a directory is given (also in\n" +
      "BENCH_IAM_SIMULATOR) in which somebody has installed it: its licence keeps it out of this project's dependencies.\n" +
      "--save writes docs/performance.md.",
  );
  process.exit(0);
}

interface Rates {
  readonly scan: number;
  readonly evaluator: number;
  readonly simulator?: number;
}

/** What the answers were, so that nothing fast is wrong. */
const seen = { asked: 0, allowed: 0, notSaid: 0, wrong: 0, simulated: 0, otherwise: 0, refused: 0 };

/** Seconds of the processor that this process had: whatever else runs on the machine does not count. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** All ways one after the other for each role, so that whatever else the machine does meets all of them. */
async function round(
  world: World,
  roles: readonly Principal[],
  resources: readonly ScanResource[],
  number: number,
): Promise<Rates> {
  const spent = { scan: 0, evaluator: 0, simulator: 0 };
  const done = { scan: 0, evaluator: 0, simulator: 0 };
  const simulator = values.simulator === "" ? undefined : loadSimulator(values.simulator);
  for (const role of roles) {
    let began = now();
    const { permissions, decisions } = closedWorld(world, role.arn, resources);
    spent.scan += now() - began;
    done.scan += decisions;

    const pairs = somePairs(resources, Number(values.pairs), number);
    began = now();
    const answers = pairs.map((pair) => byEvaluator(world, role.arn, pair));
    spent.evaluator += now() - began;
    done.evaluator += pairs.length;

    const can = new Set(permissions.map(keyOf));
    pairs.forEach((pair, index) => {
      if (!isAsked(pair)) return;
      seen.asked += 1;
      if (answers[index] === "not said") seen.notSaid += 1;
      if (answers[index] !== "allowed") return;
      seen.allowed += 1;
      if (!can.has(keyOf(pair))) seen.wrong += 1;
    });

    if (simulator === undefined) continue;
    const few = pairs.filter((_, index) => index % 10 === 0);
    began = now();
    for (const [index, pair] of few.entries()) {
      const answer = await bySimulator(simulator, world, role, pair);
      seen.simulated += 1;
      if (answer === "not said") seen.refused += 1;
      else if (isAsked(pair) && answer !== answers[index * 10]) seen.otherwise += 1;
    }
    spent.simulator += now() - began;
    done.simulator += few.length;
  }
  return {
    scan: done.scan / spent.scan,
    evaluator: done.evaluator / spent.evaluator,
    ...(simulator === undefined ? {} : { simulator: done.simulator / spent.simulator }),
  };
}

const keyOf = ({ action, resource }: Pick<Permission, "action" | "resource">): string =>
  `${action} ${resource.arn} ${resource.account ?? ""}`;

/** What the scan says is open to every request, the evaluator allows; returns how many it did not. */
function missed(world: World, roles: readonly Principal[], resources: readonly ScanResource[]) {
  let checked = 0;
  let faults = 0;
  for (const role of roles)
    for (const { action, resource, ways, unless } of closedWorld(world, role.arn, resources)
      .permissions) {
      if (unless.length > 0 || ways.some((way) => way.length > 0)) continue;
      checked += 1;
      if (byEvaluator(world, role.arn, { action, resource }) === "denied") faults += 1;
    }
  return { checked, faults };
}

async function main(outdir: string): Promise<void> {
  const [deployment] = await readDeployments(loadProject(join(__dirname, "..")), { outdir });
  if (deployment === undefined) throw new Error("there is no environment");
  const { world, access } = deployment;
  const deployers = new Set(access.filter(deploys).map(({ arn }) => arn));
  const roles = world.principals.filter(({ arn }) => !deployers.has(arn));
  // A bucket that is in the world is in its account; what the scan asks besides about a namesake is no request.
  const resources = sampleResources({ ...world, principals: roles }).filter(
    ({ arn, account }) => account === undefined || arn.split(":")[4] !== "",
  );
  const rates: Rates[] = [];
  for (let number = 0; number < Number(values.rounds); number += 1) {
    rates.push(await round(world, roles, resources, number));
    console.log(`round ${String(number + 1)} of ${values.rounds}`);
  }
  const open = missed(world, roles, resources);
  const rows = rowsOf(rates, roles.length, resources.length);
  for (const row of rows) console.log(`${row.work} / ${row.peer}: ${row.found} ${row.details}`);
  const agreement =
    `Of ${count(seen.asked)} requests that the evaluator was asked it allowed ${count(seen.allowed)}; ${count(seen.wrong)} of these the scan does not have, ` +
    `${count(seen.notSaid)} it refuses to answer. Of ${count(open.checked)} permissions without conditions that the scan has the evaluator denies ${count(open.faults)}.`;
  console.log(agreement);
  if (seen.wrong + open.faults > 0) throw new Error("scan and evaluator do not agree");
  if (values.save) save(rows, agreement);
}

const count = (number: number): string => number.toLocaleString("en");

function rowsOf(rates: readonly Rates[], roles: number, resources: number): Row[] {
  const rate = (of: (one: Rates) => number | undefined): string =>
    count(Math.round(median(rates.flatMap((one) => of(one) ?? []))));
  const work = `closed world of ${String(roles)} roles, ${count(resources)} things`;
  const row = (peer: string, of: (one: Rates) => number | undefined, least: number): Row => {
    const ratio = median(rates.map((one) => one.scan / (of(one) ?? NaN)));
    return {
      work,
      peer,
      found: `${count(Math.round(ratio))}x`,
      promised: `${String(least)}x`,
      kept: ratio >= least,
      details: `${rate(({ scan }) => scan)} to ${rate(of)} decisions per second of processor time`,
    };
  };
  return [
    row("the evaluator without indexes", ({ evaluator }) => evaluator, EVALUATOR_AT_LEAST),
    ...(values.simulator === ""
      ? []
      : [row("iam-simulate 0.1.173", ({ simulator }) => simulator, EVALUATOR_AT_LEAST)]),
  ];
}

function save(rows: readonly Row[], agreement: string): void {
  saveSection("40-iam", {
    title: "Permissions",
    command: `npm run bench:iam -- --rounds ${values.rounds} --pairs ${values.pairs} ${values.simulator === "" ? "" : "--simulator <directory> "}--save`,
    at: new Date().toISOString(),
    machine: machine(),
    rows,
    notes: [
      "In one process, each role in turn by all ways, measured in processor time; the ratio is the median over rounds. The scan decides every action of the " +
        "catalog on every thing and answers for all requests there may be, with the conditions. The peers answer one request at " +
        `a time and are asked a sample of the same pairs, spread evenly: ${values.pairs} for each role and round, the simulator a tenth of them.`,
      agreement,
      ...(values.simulator === ""
        ? []
        : [
            `The simulator was asked ${count(seen.simulated)} requests; ${count(seen.refused)} it refused as no request of the action, which costs it less than an answer. ` +
              `Of the others ${count(seen.otherwise)} were answered otherwise than by the evaluator. It is no dependency of this project.`,
          ]),
    ],
  });
}

const directory = mkdtempSync(join(tmpdir(), "bench-iam-"));
main(directory)
  .finally(() => {
    rmSync(directory, { recursive: true, force: true });
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
