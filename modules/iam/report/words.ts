import type { Condition, Grant } from "../grant";
import type { PolicyDocument } from "../policy-document";

/** Why a resource is `*`. */
export const REASONS = {
  "no-resource-types": "the action takes no resource",
  "id-not-known": "AWS makes the id up when it is called",
} as const;

/** Operators that are what one expects of a condition, and go without saying. */
const PLAIN: ReadonlySet<string> = new Set(["Bool", "StringEquals"]);

/** Who takes a role on, and what is asked of them. */
export function trusted({ Statement }: PolicyDocument): string {
  return Statement.map(({ Principal, Condition }) => {
    const who = Object.values(typeof Principal === "object" ? Principal : {}).flat();
    const keys = Object.entries(Condition ?? {}).flatMap(([operator, block]) =>
      Object.entries(block).map(([key, value]) =>
        [key, ...(PLAIN.has(operator) ? [] : [operator]), [value].flat().join(" or ")].join(" "),
      ),
    );
    return `${who.map(principal).join(", ")}${keys.length > 0 ? ` only with ${keys.map(code).join(" and ")}` : ""}`;
  }).join("; or ");
}

/** An account's root stands for whoever the account lets. */
function principal(arn: string): string {
  const account = /^arn:[^:]+:iam::(\d{12}):root$/u.exec(arn)?.[1];
  const whom = ` (whoever account ${account ?? ""} lets by a policy of its own)`;
  return `${code(arn)}${account === undefined ? "" : whom}`;
}

/** One permission with its reason. */
export function grantLine({
  actions,
  resources,
  conditions = [],
  why,
  from,
  source,
}: Grant): string {
  const on =
    "any" in resources
      ? `everything (${REASONS[resources.reason]})`
      : resources.map(code).join(", ");
  const only =
    conditions.length > 0 ? `, only if ${conditions.map(conditionText).join(" and ")}` : "";
  const doc = source === undefined ? "" : ` ([AWS](${source}))`;
  return `- can ${actions.map(code).join(", ")} on ${on}${only}, because of ${code(from)}: to ${why}${doc}`;
}

const conditionText = ({ op, key, values }: Condition): string =>
  code(`${key} ${op} ${values.join(" or ")}`);

/** A word of AWS, as it stands in policies. */
export const code = (text: string): string => `\`${text}\``;
