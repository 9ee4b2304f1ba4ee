import { fargateSizeFault } from "../batch/fargate-sizes";
import { DEFAULT_FAMILIES, INSTANCE_FAMILIES, largestJob } from "../batch/instance-families";
import { type Environment, type Partner, type Pool, showValue } from "../config";
import { computePath } from "./compute-path";
import type { StepEntry } from "./step-entries";

/** What is wrong with the size of a step's job for its pool: a job that fits nowhere waits for ever. */
export function sizeFaults(
  partner: Partner,
  environment: Environment,
  entry: StepEntry,
  pool: Pool,
): string[] {
  const { vcpus, pool: name } = entry.compute;
  const where = `pool ${showValue(name)} of environment ${showValue(environment.id)}`;
  if (vcpus > pool.maxVcpus)
    return [
      `${computePath(partner, entry, "vcpus")} must be at most ${String(pool.maxVcpus)}, which is all that ${where} may have at once, got ${showValue(vcpus)}; ask for less, or raise the pool's maxVcpus`,
    ];
  return pool.kind.startsWith("fargate")
    ? fargateFaults(partner, entry, where)
    : ec2Faults(partner, entry, pool, where);
}

function fargateFaults(partner: Partner, entry: StepEntry, where: string): string[] {
  const { vcpus, memoryMib } = entry.compute;
  const fault = fargateSizeFault(vcpus, memoryMib);
  if (fault === undefined) return [];
  const [key, allowed] =
    "vcpus" in fault
      ? (["vcpus", fault.vcpus] as const)
      : (["memoryMib", fault.memoryMib] as const);
  return [
    `${computePath(partner, entry, key)} ${allowed}, which ${where} is, got ${showValue(entry.compute[key])}`,
  ];
}

function ec2Faults(partner: Partner, entry: StepEntry, pool: Pool, where: string): string[] {
  const { vcpus, memoryMib } = entry.compute;
  const fault = (key: "vcpus" | "memoryMib", allowed: string, hint: string): string[] => [
    `${computePath(partner, entry, key)} must be ${allowed}, got ${showValue(entry.compute[key])}; ${hint}`,
  ];
  if (!Number.isInteger(vcpus))
    return fault(
      "vcpus",
      `a whole number on EC2, which ${where} is`,
      "parts of one are for Fargate",
    );
  const families = pool.families ?? DEFAULT_FAMILIES[pool.architecture];
  // What is no family of the table is not judged.
  if (families.some((family) => !(family in INSTANCE_FAMILIES))) return [];
  const most = largestJob(families);
  const hint = `ask for less, or give the pool larger families than ${families.join(", ")}`;
  if (vcpus > most.vcpus)
    return fault("vcpus", `at most ${String(most.vcpus)}, the largest host of ${where}`, hint);
  const fitting = families.filter((family) => largestJob([family]).vcpus >= vcpus);
  const memory = largestJob(fitting).memoryMib;
  if (memoryMib > memory)
    return fault("memoryMib", `at most ${String(memory)}, the largest host of ${where}`, hint);
  const { staging } = partner;
  if (
    entry.settings.kind === "deliver" &&
    staging.kind === "scratch" &&
    staging.gib > pool.scratchGib
  )
    return [
      `partners/${partner.id}.staging.gib must be at most ${String(pool.scratchGib)}, the scratch of each host of ${where}, got ${showValue(staging.gib)}; ask for less, or raise the pool's scratchGib`,
    ];
  return [];
}
