import { Token } from "cdktf";
import { type Grant, type WorkloadRole } from "../../modules/iam";
import { listed } from "../output/words";

/** A role and what it may do, in words. */
export interface RoleInWords {
  readonly name: string;
  /** Partner id, `platform` or `bootstrap`. */
  readonly owner: string;
  readonly purpose: string;
  /** Which service, or who by ARN, may take it on. */
  readonly usedBy: string;
  readonly permissions: readonly PermissionInWords[];
}

/** One permission of a role. */
export interface PermissionInWords {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Under which conditions. */
  readonly only: readonly string[];
  /** `of steps.fetch: to ...` */
  readonly because: string;
}

/** Text for what AWS names when it is created. */
const LATER = "(id known after apply)";

/** Says what a role may do. */
export function roleInWords({ roleName, props }: WorkloadRole, owner: string): RoleInWords {
  return {
    name: roleName,
    owner,
    purpose: props.description,
    usedBy: usedBy(props.trust),
    permissions: [...props.grants, ...(props.opaqueGrants ?? [])].map(permissionInWords),
  };
}

const usedBy = (trust: WorkloadRole["props"]["trust"]): string =>
  "service" in trust ? `${trust.service}.amazonaws.com` : listed(trust.principals);

/**
 * What a role may do, a sentence for each reason: `can ... on ... because of ...`. Names are shortened to what differs;
 * conditions are left out: the page tells both.
 */
export function sentences(permissions: readonly PermissionInWords[]): string[] {
  const reasons = [...new Set(permissions.map(({ because }) => because))];
  return reasons.map((reason) => {
    const grants = permissions.filter(({ because }) => because === reason);
    const what = grants.map(
      ({ actions, resources }) =>
        `${listed(actions)} on ${listed([...new Set(resources.map(shortName))])}`,
    );
    return `can ${what.join("; ")}, because ${reason}`;
  });
}

/** `ledger/universal-music/...` for the ARN of an object in `<prefix>--<env>--platform--ledger--<hash>`. */
function shortName(resource: string): string {
  return resource
    .replace(/^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:\d*:/u, "")
    .replace(/[a-z0-9]+--[a-z0-9-]+?--([a-z0-9-]+?--)/u, "$1")
    .replace(/--[0-9a-f]{8}(?=\/|$)/u, "")
    .replace(/^(key\/[0-9a-f]{8})[0-9a-f-]+$/u, "$1");
}

function permissionInWords(grant: Grant): PermissionInWords {
  return {
    actions: grant.actions,
    resources:
      "any" in grant.resources ? [anyText(grant.resources.reason)] : grant.resources.map(known),
    only: (grant.conditions ?? []).map(
      ({ op, key, values }) => `${key} ${OPERATORS[op] ?? op} ${listed(values.map(known))}`,
    ),
    because: `of ${grant.from}: to ${grant.why}`,
  };
}

const OPERATORS: Readonly<Partial<Record<string, string>>> = {
  StringEquals: "is",
  StringNotEquals: "is not",
  StringLike: "is like",
  ArnEquals: "is",
  ArnLike: "is like",
  Bool: "is",
};

function anyText(reason: "no-resource-types" | "id-not-known"): string {
  return reason === "no-resource-types"
    ? "* (the action takes no resource)"
    : "* (AWS makes the id up when it is called)";
}

function known(text: string): string {
  return Token.isUnresolved(text) ? LATER : text;
}
