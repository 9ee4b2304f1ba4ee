import type { PartnerSpec } from "../../modules/contract";
import { DEPENDS_ON_MAX, jobTagFaults } from "./job-limits";
import { isRecord, shown } from "./json";
import { isTimezone } from "./local-date";

/**
 * Tells every fault of a partner's spec. A spec comes from our own synthesis or from the ledger, so that this is a
 * guard against a wrong or half-written file, and keeps the code behind it free of checks.
 */
export function specFaults(spec: unknown): string[] {
  if (!isRecord(spec)) return [`must be an object, got ${shown(spec)}`];
  const faults: string[] = [];
  if (spec["schemaVersion"] !== 1)
    faults.push(`schemaVersion must be 1, got ${shown(spec["schemaVersion"])}`);
  for (const name of [
    "partner",
    "environment",
    "account",
    "region",
    "ledgerBucket",
    "shareIdentifier",
  ])
    faults.push(...textFaults(name, spec[name]));
  faults.push(...jobTagFaults(spec["jobTags"]));
  const chains = spec["chains"];
  for (const chain of ["order", "discovery"])
    faults.push(...chainFaults(`chains.${chain}`, isRecord(chains) ? chains[chain] : undefined));
  faults.push(...triggersFaults(spec["triggers"], chains));
  return faults;
}

/** Reads a spec from its JSON. */
export function parseSpec(json: string): { spec: PartnerSpec } | { faults: readonly string[] } {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { faults: [`is no JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const faults = specFaults(value);
  // Every property that PartnerSpec names was looked at above.
  return faults.length > 0 ? { faults } : { spec: value as PartnerSpec };
}

function triggersFaults(triggers: unknown, chains: unknown): string[] {
  if (!Array.isArray(triggers)) return [`triggers must be a list, got ${shown(triggers)}`];
  const names = triggers.map((trigger: unknown) => (isRecord(trigger) ? trigger["name"] : ""));
  return triggers.flatMap((trigger: unknown, index) => {
    const path = `triggers[${String(index)}]`;
    if (!isRecord(trigger)) return [`${path} must be an object, got ${shown(trigger)}`];
    const { name, kind, starts, timezone } = trigger;
    const faults = textFaults(`${path}.name`, name);
    if (names.indexOf(name) !== index)
      faults.push(`${path}.name must be unique, got ${shown(name)} again`);
    if (starts !== "order" && starts !== "discovery")
      faults.push(`${path}.starts must be "order" or "discovery", got ${shown(starts)}`);
    else if (isRecord(chains) && Array.isArray(chains[starts]) && chains[starts].length === 0)
      faults.push(`${path}.starts names the chain "${starts}", which has no steps`);
    if (kind === "schedule" && (typeof timezone !== "string" || !isTimezone(timezone)))
      faults.push(`${path}.timezone must be an IANA time zone, got ${shown(timezone)}`);
    if (kind === "s3") {
      faults.push(...textFaults(`${path}.bucket`, trigger["bucket"]));
      for (const part of ["prefix", "suffix"])
        if (typeof trigger[part] !== "string")
          faults.push(`${path}.${part} must be a text, got ${shown(trigger[part])}`);
    }
    if (kind !== "manual" && kind !== "schedule" && kind !== "s3")
      faults.push(`${path}.kind must be "manual", "schedule" or "s3", got ${shown(kind)}`);
    return faults;
  });
}

function chainFaults(path: string, steps: unknown): string[] {
  if (!Array.isArray(steps)) return [`${path} must be a list of steps, got ${shown(steps)}`];
  const before = new Set<unknown>();
  return steps.flatMap((step: unknown, index) => {
    const at = `${path}[${String(index)}]`;
    if (!isRecord(step)) return [`${at} must be an object, got ${shown(step)}`];
    const faults = stepFaults(at, step, before);
    before.add(step["name"]);
    return faults;
  });
}

function stepFaults(
  path: string,
  step: Readonly<Record<string, unknown>>,
  before: ReadonlySet<unknown>,
): string[] {
  const { name, after, queues, schedulingPriority } = step;
  const faults = [
    ...textFaults(`${path}.name`, name),
    ...textFaults(`${path}.jobDefinition`, step["jobDefinition"]),
    ...textFaults(`${path}.queues.standard`, isRecord(queues) ? queues["standard"] : undefined),
    ...textFaults(`${path}.queues.onDemand`, isRecord(queues) ? queues["onDemand"] : undefined),
  ];
  if (step["function"] !== undefined) faults.push(...functionFaults(`${path}.function`, step));
  if (before.has(name))
    faults.push(`${path}.name must be unique in its chain, got ${shown(name)} again`);
  if (!Array.isArray(after)) faults.push(`${path}.after must be a list, got ${shown(after)}`);
  else {
    for (const earlier of after as unknown[])
      if (!before.has(earlier))
        faults.push(`${path}.after names ${shown(earlier)}, which is no earlier step of the chain`);
    if (after.length > DEPENDS_ON_MAX)
      faults.push(
        `${path}.after may name at most ${String(DEPENDS_ON_MAX)} steps, got ${String(after.length)}`,
      );
  }
  if (
    typeof schedulingPriority !== "number" ||
    !Number.isInteger(schedulingPriority) ||
    schedulingPriority < 0 ||
    schedulingPriority > 9999
  )
    faults.push(
      `${path}.schedulingPriority must be an integer from 0 to 9,999, got ${shown(schedulingPriority)}`,
    );
  return faults;
}

function functionFaults(path: string, step: Readonly<Record<string, unknown>>): string[] {
  const own = step["function"];
  if (!isRecord(own)) return [`${path} must be an object, got ${shown(own)}`];
  const { arn, upToBytes } = own;
  return [
    ...textFaults(`${path}.arn`, arn),
    ...(typeof upToBytes === "number" && Number.isSafeInteger(upToBytes) && upToBytes > 0
      ? []
      : [`${path}.upToBytes must be a whole number of at least 1, got ${shown(upToBytes)}`]),
  ];
}

const textFaults = (path: string, value: unknown): string[] =>
  typeof value === "string" && value !== ""
    ? []
    : [`${path} must be a text that is not empty, got ${shown(value)}`];
