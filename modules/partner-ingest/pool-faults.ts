import { type Environment, type Partner, type Pool, settingPath, showValue } from "../config";
import { computePath } from "./compute-path";
import { sizeFaults } from "./size-faults";
import { stepEntries, type StepEntry } from "./step-entries";

/** What is wrong with where the steps run. */
export function poolFaults(partner: Partner, environment: Environment): string[] {
  return stepEntries(partner).flatMap((entry) => {
    const pool = environment.pools[entry.compute.pool];
    if (pool === undefined) return [unknownPool(partner, environment, entry)];
    const tenancy = tenancyFault(partner, environment, entry, pool);
    if (tenancy !== undefined) return [tenancy];
    return [
      ...isolationFaults(partner, environment, entry, pool),
      ...sizeFaults(partner, environment, entry, pool),
    ];
  });
}

function unknownPool(partner: Partner, environment: Environment, entry: StepEntry): string {
  const name = entry.compute.pool;
  const known = Object.keys(environment.pools).map(showValue);
  return `${computePath(partner, entry, "pool")} is no pool of environment ${showValue(environment.id)}, got ${showValue(name)}; known are ${known.length === 0 ? "none" : known.join(", ")}; use one of them, or add to environments/${environment.id}.ts: pools: { ${JSON.stringify(name)}: ${snippet(partner, entry)} }`;
}

/** What a pool must be for the isolation that the step asks for. */
function snippet(partner: Partner, { settings }: StepEntry): string {
  const isolation = "isolation" in settings ? settings.isolation : undefined;
  if (isolation === "dedicated") return `{ tenancy: { partner: ${JSON.stringify(partner.id)} } }`;
  return `{ kind: ${JSON.stringify(isolation === "fargate" ? "fargate" : "ec2-spot-fallback")} }`;
}

function tenancyFault(
  partner: Partner,
  environment: Environment,
  entry: StepEntry,
  { tenancy }: Pool,
): string | undefined {
  if (tenancy === "shared" || tenancy.partner === partner.id) return undefined;
  return `${computePath(partner, entry, "pool")} is a pool of environment ${showValue(environment.id)} that partner ${showValue(tenancy.partner)} has for itself, got ${showValue(entry.compute.pool)}; use another pool`;
}

function isolationFaults(
  partner: Partner,
  environment: Environment,
  entry: StepEntry,
  pool: Pool,
): string[] {
  if (!("isolation" in entry.settings)) return [];
  const { isolation } = entry.settings;
  const at = settingPath(`partners/${partner.id}`, [...entry.path, "isolation"]);
  const where = `pool ${showValue(entry.compute.pool)} of environment ${showValue(environment.id)}`;
  const fargate = pool.kind.startsWith("fargate");
  if (isolation === "fargate" && !fargate)
    return [
      `${at} is "fargate", but ${where} is of kind ${showValue(pool.kind)}; use a pool of kind "fargate" or "fargate-spot"`,
    ];
  if (isolation === "dedicated" && pool.tenancy === "shared")
    return [
      `${at} is "dedicated", but ${where} is shared by all partners; use a pool with tenancy: { partner: ${JSON.stringify(partner.id)} }`,
    ];
  return [];
}
