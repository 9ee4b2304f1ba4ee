import { findAction } from "../catalog";
import type { Grant } from "../grant";
import { checkGrants, type GrantFault } from "../lint";
import { type GrantRule, quotedList, sayFault } from "../lint/fault";
import type { PolicyDocument } from "../policy-document";
import { boundaryFaults } from "./boundary-faults";
import { placeholders } from "./extra-grant";
import { reachFaults, type Territory } from "./reach";

/** What the grants of a user's file are held against. */
export interface ExtraLimits {
  readonly territory: Territory;
  /** The most that the role can do; missing where somebody else wrote it, or where the grants are to become part of it. */
  readonly boundary?:
    | {
        readonly document: PolicyDocument;
        /** Setting that an administrator adds to, e.g. `environments/test.boundary.allow`. */
        readonly setting: string;
      }
    | undefined;
}

/** Everything that is wrong with grants that a user wrote: what is wrong with any grant, and what no user can grant. */
export function extraGrantFaults(
  role: string,
  grants: readonly Grant[],
  { territory, boundary }: ExtraLimits,
): GrantFault[] {
  const faults = [
    ...checkGrants(role, grants),
    ...grants.flatMap((grant) => [
      ...placeholderFaults(role, grant, territory),
      ...powerFaults(role, grant),
      ...reachFaults(role, grant, territory),
    ]),
  ];
  if (boundary === undefined) return faults;
  // Nobody should add to a boundary what is wrong anyway.
  const wrong = new Set(faults.flatMap(({ grant }) => grant ?? []));
  return [
    ...faults,
    ...grants
      .filter(({ id }) => !wrong.has(id))
      .flatMap((grant) => boundaryFaults(role, grant, boundary)),
  ];
}

function placeholderFaults(role: string, grant: Grant, { naming }: Territory): GrantFault[] {
  const known = quotedList(Object.keys(placeholders(naming)).map((name) => `{${name}}`));
  const texts = [
    ...("any" in grant.resources ? [] : grant.resources),
    ...(grant.conditions ?? []).flatMap(({ values }) => values),
  ];
  return texts.flatMap((text) =>
    [...text.matchAll(/\{\w+\}/gu)].map(([whole]) =>
      fault(
        role,
        grant,
        "placeholder",
        `holds the unknown placeholder ${JSON.stringify(whole)} in ${JSON.stringify(text)}`,
        `known are ${known}`,
      ),
    ),
  );
}

/** Whoever may change permissions has all of them; workloads never do. */
function powerFaults(role: string, grant: Grant): GrantFault[] {
  return grant.actions.flatMap((name) => {
    const info = findAction(name);
    const power =
      info !== undefined &&
      (info.level === "Permissions management" || /^(?:account|iam|sts):/u.test(info.name));
    return power
      ? [
          fault(
            role,
            grant,
            "power",
            `allows ${JSON.stringify(name)}, which gives permissions or identities`,
            "take it out: no workload gets more than it was given",
          ),
        ]
      : [];
  });
}

const fault = (
  role: string,
  grant: Grant,
  rule: GrantRule,
  what: string,
  todo: string,
): GrantFault => sayFault(role, grant, rule, { what, todo });
