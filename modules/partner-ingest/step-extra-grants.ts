import { type Environment, type EnvironmentFacts, type Partner, settingPath } from "../config";
import type { Naming } from "../core";
import type { Grant } from "../iam";
import { boundaryPolicy } from "../iam/boundary";
import { extraGrantFaults, extraGrants } from "../iam/extra";
import { namingOf } from "../stack";
import type { ResolvedPartner, ResolvedStep } from "./resolved-partner";
import { stepEntries } from "./step-entries";

/** What a step may do besides what its kind needs, as its settings say. */
export const stepExtraGrants = (
  { naming, partner }: ResolvedPartner,
  { from, settings }: ResolvedStep,
): Grant[] => grantsOf(naming, partner, from.split("."), settings.grants);

/** What is wrong with the grants that the steps of a partner ask for: told before anything is made. */
export function stepGrantFaults(
  partner: Partner,
  environment: Environment,
  facts: EnvironmentFacts,
): string[] {
  const naming = namingOf(environment);
  const { boundary } = environment;
  const limits = {
    territory: { naming, owner: partner.id, shared: sharedBy(naming, facts) },
    // What a boundary of somebody else allows is not known here.
    boundary:
      boundary.kind === "create"
        ? {
            document: boundaryPolicy(naming, boundary.allow),
            setting: `environments/${environment.id}.boundary.allow`,
          }
        : undefined,
  };
  return stepEntries(partner).flatMap(({ name, path, settings }) => {
    const role = naming.name("role", partner.id, `job-${name}`);
    const grants = grantsOf(naming, partner, path, settings.grants);
    return extraGrantFaults(role, grants, limits).map(({ message }) => message);
  });
}

function grantsOf(
  naming: Naming,
  { id }: Partner,
  step: readonly string[],
  grants: ResolvedStep["settings"]["grants"],
): Grant[] {
  return extraGrants(naming, grants, [...step, "grants"].join("."), (name) =>
    settingPath(`partners/${id}`, [...step, "grants", name]),
  );
}

/** Things of the platform whose ARNs do not say so. */
function sharedBy(naming: Naming, { fileSystemId, keys, replica }: EnvironmentFacts): string[] {
  return [
    keys.data,
    keys.alerts,
    naming.arn("elasticfilesystem", `file-system/${fileSystemId}`),
    ...(replica === undefined ? [] : [replica.keyArn]),
  ];
}
