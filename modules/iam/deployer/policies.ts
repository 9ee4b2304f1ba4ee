import type { Environment } from "../../config";
import { POLICY_LIMITS, splitPolicy } from "../lint";
import type { PolicyDocument, Statement } from "../policy-document";
import { backendStatements, conditionsOf, denials } from "./fixed-statements";
import { type DeployerNeed, type DeployerPhase, needsOf } from "./needs";
import { type DeployerScope, oidcHosts } from "./scope";
import { OPERATIONS, type OperationTable } from "./table";

/** What {@link deployerPolicies} is asked for. */
export interface DeployerRequest extends DeployerScope {
  readonly phases: readonly DeployerPhase[];
  /**
   * Types of resources in the stack.
   * @default - all that were recorded of stacks of the kind
   */
  readonly types?: readonly string[];
  /** @default - the table that is shipped */
  readonly table?: OperationTable;
}

/** The permissions of a deployer. */
export interface DeployerPolicies {
  /** Managed policies, each within the quota. */
  readonly documents: readonly PolicyDocument[];
  /** What each permission is for. */
  readonly needs: readonly DeployerNeed[];
}

/**
 * The policies that are needed, and nothing more, to plan, apply, update or destroy a stack of an environment, or the
 * stacks of all its partners.
 *
 * @example
 * ```ts
 * deployerPolicies({ environment, kind: "partner", owner: "*", phases: ["plan"] }).documents
 * ```
 *
 * @throws ConfigError for a type of resource that was never recorded
 */
export function deployerPolicies(request: DeployerRequest): DeployerPolicies {
  const { environment, kind, owner, phases, table = OPERATIONS } = request;
  const scope: DeployerScope = { environment, kind, owner };
  const types = [...new Set(request.types ?? typesOf(scope, table))].sort();
  const needs = needsOf(scope, types, phases, table);
  const writes = phases.some((phase) => phase !== "plan");
  const statements = [
    ...merge(needs),
    ...backendStatements(scope, writes),
    ...denials(scope, writes),
  ];
  return { documents: splitPolicy(statements, POLICY_LIMITS.managed), needs };
}

/** The types that stacks of a kind hold; identity providers only where the settings make one. */
function typesOf({ kind, environment }: DeployerScope, { kinds }: OperationTable): string[] {
  const provides = oidcHosts(environment).length > 0;
  return kinds[kind].filter((type) => provides || type !== "aws_iam_openid_connect_provider");
}

/**
 * The policies of one role that deploys the platform of an environment and all its partners, as CI does: what keeps a
 * partners' deployer off the platform would keep this one from its work.
 */
export function environmentPolicies(
  environment: Environment,
  phases: readonly DeployerPhase[],
  table: OperationTable = OPERATIONS,
): DeployerPolicies {
  const platform: DeployerScope = { environment, kind: "platform", owner: "platform" };
  const partners: DeployerScope = { environment, kind: "partner", owner: "*" };
  const needs = [platform, partners].flatMap((scope) =>
    needsOf(scope, [...table.kinds[scope.kind]].sort(), phases, table),
  );
  const writes = phases.some((phase) => phase !== "plan");
  const statements = [
    ...merge(needs),
    ...backendStatements(platform, writes).map(named("Platform")),
    ...backendStatements(partners, writes).map(named("Partners")),
    ...denials(partners, writes, ["bootstrap"]),
  ];
  return { documents: splitPolicy(statements, POLICY_LIMITS.managed), needs };
}

/** AWS takes each Sid once in a policy. */
const named =
  (whose: string) =>
  (statement: Statement): Statement => ({ ...statement, Sid: `${whose}${statement.Sid ?? ""}` });

/** Statements of needs: what is conditioned alike and of one service stands together. */
export function merge(needs: readonly DeployerNeed[]): Statement[] {
  const byTarget = new Map<string, { need: DeployerNeed; actions: Set<string> }>();
  for (const need of needs) {
    const key = JSON.stringify(need.target);
    const entry = byTarget.get(key) ?? { need, actions: new Set<string>() };
    entry.actions.add(need.action);
    byTarget.set(key, entry);
  }
  const byRest = new Map<string, { arns: Set<string>; rest: DeployerNeed; actions: string[] }>();
  for (const { need, actions } of byTarget.values()) {
    const sorted = [...actions].sort();
    const key = JSON.stringify([sorted, need.target.conditions]);
    const entry = byRest.get(key) ?? { arns: new Set(), rest: need, actions: sorted };
    for (const arn of need.target.arns) entry.arns.add(arn);
    byRest.set(key, entry);
  }
  return [...byRest.values()]
    .sort((a, b) => ((a.actions[0] ?? "") < (b.actions[0] ?? "") ? -1 : 1))
    .map(({ actions, arns, rest }) => ({
      Effect: "Allow",
      Action: oneOrMany(actions),
      Resource: oneOrMany([...arns].sort()),
      ...conditionsOf(rest.target.conditions),
    }));
}

function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}
