import type { ExtraGrant, ExtraGrants } from "../../config";
import type { Naming } from "../../core";
import type { Condition, Grant } from "../grant";

/** Begins the ids of grants that users wrote: no grant of ours has such an id, and reviewers see them at once. */
export const EXTRA = "Extra";

/**
 * The grants that a user's file asks for by name. What they name is put in for placeholders, and S3 is always that of the
 * environment's account.
 *
 * @param from - the setting that holds them, e.g. `steps.fetch.grants`
 * @param path - how the user knows that setting, for errors. @default - as `from`
 */
export function extraGrants(
  naming: Naming,
  extra: ExtraGrants,
  from: string,
  path: (name: string) => string = (name) => `${from}.${name}`,
): Grant[] {
  return Object.entries(extra).map(([name, one]) =>
    extraGrant(naming, name, one, { from: `${from}.${name}`, setting: path(name) }),
  );
}

function extraGrant(
  naming: Naming,
  name: string,
  { actions, resources, conditions, reason }: ExtraGrant,
  place: Pick<Grant, "from" | "setting">,
): Grant {
  const all = conditions.map((one) => ({
    ...one,
    values: one.values.map((value) => filled(naming, value)),
  }));
  return {
    id: `${EXTRA}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    actions,
    resources: "any" in resources ? resources : resources.map((arn) => filled(naming, arn)),
    conditions: [...accountCondition(naming, actions, all), ...all],
    why: reason,
    ...place,
  };
}

/** A bucket of this name in another account is another bucket. */
function accountCondition(
  { scope }: Naming,
  actions: readonly string[],
  given: readonly Condition[],
): Condition[] {
  const s3 = actions.every((action) => action.toLowerCase().startsWith("s3:"));
  const said = given.some(({ key }) => key.toLowerCase() === "aws:resourceaccount");
  return s3 && !said
    ? [{ op: "StringEquals", key: "aws:ResourceAccount", values: [scope.account] }]
    : [];
}

/** What may stand in braces, and what it stands for. */
export const placeholders = ({
  partition,
  scope,
}: Naming): Readonly<Record<string, string | undefined>> => ({
  partition,
  account: scope.account,
  region: scope.region,
  environment: scope.environment,
});

function filled(naming: Naming, text: string): string {
  const known = placeholders(naming);
  return text.replace(/\{(\w+)\}/gu, (whole, name: string) => known[name] ?? whole);
}
