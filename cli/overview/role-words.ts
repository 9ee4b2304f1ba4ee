import { Token } from "cdktf";
import { type Grant, type WorkloadRole } from "../../modules/iam";
import { listed } from "../output/words";

/** A role and what it may do, in words. */
export interface RoleInWords {
  readonly name: string;
  /** Partner id, `platform` or `bootstrap`. */
  readonly owner: string;
  readonly purpose: string;
  /** Which service may take it on. */
  readonly usedBy: string;
  readonly permissions: readonly PermissionInWords[];
}

/** One permission of a role. */
export interface PermissionInWords {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Under which conditions. */
  readonly only: readonly string[];
  /** `step fetch has to ...` */
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
    usedBy: `${props.trust.service}.amazonaws.com`,
    permissions: [...props.grants, ...(props.opaqueGrants ?? [])].map(permissionInWords),
  };
}

/** A permission as a sentence: `can ... on ... because ...`. */
export function sentence({ actions, resources, only, because }: PermissionInWords): string {
  const condition = only.length === 0 ? "" : `, only if ${listed(only)}`;
  return `can ${listed(actions)} on ${listed(resources)}${condition}, because ${because}`;
}

function permissionInWords(grant: Grant): PermissionInWords {
  return {
    actions: grant.actions,
    resources:
      "any" in grant.resources ? [anyText(grant.resources.reason)] : grant.resources.map(known),
    only: (grant.conditions ?? []).map(
      ({ op, key, values }) => `${key} ${OPERATORS[op] ?? op} ${listed(values.map(known))}`,
    ),
    because: `${grant.from} has to ${grant.why}`,
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
