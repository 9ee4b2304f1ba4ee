import { readFileSync } from "node:fs";
import { ENV, specDigest, type PartnerSpec } from "../../modules/contract";
import { ConfigError } from "../runs-core/errors";
import { OWN_TAGS } from "../runs-core/job-limits";
import { isRecord, shown } from "../runs-core/json";
import { parseSpec } from "../runs-core/spec-check";

/** What the trigger knows from its deployment. */
export interface TriggerConfig {
  readonly spec: PartnerSpec;
  /** Digest of {@link TriggerConfig.spec}. */
  readonly digest: string;
  /** Revision of the job definition by step, of all chains. */
  readonly revisions: Readonly<Record<string, number>>;
  readonly region: string;
}

/**
 * Reads the configuration, or throws one `ConfigError` that tells everything that is missing or wrong.
 *
 * @param specFile - path of `spec.json`, which lies beside the code in the zip
 */
export function loadConfig(
  specFile: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TriggerConfig {
  const faults: string[] = [];
  const spec = readSpec(specFile, faults);
  const region = environment["AWS_REGION"] ?? "";
  if (region === "") faults.push("environment variable AWS_REGION is missing; Lambda sets it");
  else if (spec !== undefined && spec.region !== region)
    faults.push(
      `environment variable AWS_REGION is ${shown(region)}, but spec.json is for ${shown(spec.region)}; deploy the partner in its own region`,
    );
  const revisions = readRevisions(environment[ENV.jobDefinitionRevisions], spec, faults);
  if (faults.length > 0 || spec === undefined) throw new ConfigError(faults);
  return { spec, digest: specDigest(spec), revisions, region };
}

function readSpec(file: string, faults: string[]): PartnerSpec | undefined {
  let json: string;
  try {
    json = readFileSync(file, "utf8");
  } catch (error) {
    faults.push(
      `spec.json can not be read at ${shown(file)} (${error instanceof Error ? error.message : String(error)}); it lies beside the code in the function's zip`,
    );
    return undefined;
  }
  const parsed = parseSpec(json);
  if ("faults" in parsed) {
    faults.push(...parsed.faults.map((fault) => `spec.json: ${fault}`));
    return undefined;
  }
  const { jobTags, partner } = parsed.spec;
  for (const name of OWN_TAGS) {
    const value = jobTags[name];
    if (value !== undefined && !(name === "partner" && value === partner))
      faults.push(
        `spec.json: jobTags[${shown(name)}] is set by the trigger itself, got ${shown(value)}; use another key`,
      );
  }
  return parsed.spec;
}

function readRevisions(
  json: string | undefined,
  spec: PartnerSpec | undefined,
  faults: string[],
): Record<string, number> {
  const name = `environment variable ${ENV.jobDefinitionRevisions}`;
  const example = 'a JSON object from step to revision, such as {"fetch":3}';
  if (json === undefined || json === "") {
    faults.push(`${name} is missing; it must be ${example}`);
    return {};
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  if (!isRecord(value)) {
    faults.push(`${name} must be ${example}, got ${shown(json)}`);
    return {};
  }
  const revisions: Record<string, number> = {};
  for (const [step, given] of Object.entries(value)) {
    // Terraform renders a number as text where an expression is built by templates.
    const revision = typeof given === "string" && /^[1-9]\d*$/u.test(given) ? Number(given) : given;
    if (typeof revision === "number" && Number.isInteger(revision) && revision >= 1)
      revisions[step] = revision;
    else
      faults.push(`${name}: ${shown(step)} must be a revision of 1 or more, got ${shown(given)}`);
  }
  const steps = new Set(
    Object.values(spec?.chains ?? {}).flatMap((chain) => chain.map((s) => s.name)),
  );
  for (const step of steps)
    if (!(step in value)) faults.push(`${name} lacks the revision of step ${shown(step)}`);
  return revisions;
}
