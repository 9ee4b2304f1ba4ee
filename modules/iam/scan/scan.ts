import { allActions, findAction } from "../catalog";
import { canBeOpen, isGated, isOpenWithoutPolicy } from "../evaluate/services";
import type { World } from "../evaluate/world";
import { both, conditionText, type Conjunction, impliesAll } from "./conditions";
import { type ResourceSay, RoleView, type Say } from "./role-view";

/** A thing that a role might reach. */
export interface ScanResource {
  /** ARN, or `*` for the actions that take none. */
  readonly arn: string;
  /**
   * Account that it is in, for ARNs that do not say.
   * @default - the world's
   */
  readonly account?: string | undefined;
}

/** What a role can do with a resource, in some request. */
export interface Permission {
  readonly action: string;
  readonly resource: ScanResource;
  /** Ways to do it: the conditions of each. A way without conditions is open to every request. */
  readonly ways: readonly (readonly string[])[];
  /** Conditions under which it is denied all the same. */
  readonly unless: readonly (readonly string[])[];
}

/** Everything that a role can do. */
export interface Scan {
  readonly permissions: readonly Permission[];
  /** Pairs of an action and a resource that were decided. */
  readonly decisions: number;
}

/**
 * Decides every action of the catalog on each of the resources for a role, for all requests there may be: not whether
 * one request is allowed, but whether any is, and what it must say for that. What is not in the answer is denied.
 */
export function closedWorld(world: World, role: string, resources: readonly ScanResource[]): Scan {
  const view = new RoleView(world, role);
  const actions = allActions();
  const permissions = actions
    .filter(({ name }) => view.mayAllow(name))
    .flatMap(({ name }) => resources.flatMap((resource) => decide(view, name, resource) ?? []));
  return { permissions, decisions: actions.length * resources.length };
}

/** In which requests a role can do something with a resource, or `undefined` where in none. */
export function decide(
  view: RoleView,
  action: string,
  resource: ScanResource,
): Permission | undefined {
  // AWS asks for an action without resource types by "*" alone.
  const info = findAction(action);
  if (info?.resourceTypes.length === 0 && resource.arn !== "*") return undefined;
  const identity = view.identity(action, resource);
  // Most end here: nobody allows it.
  if (identity.allow.length === 0 && !view.isNamedFor(action) && !canBeOpen(action))
    return undefined;
  const policy = view.resource(action, resource);
  if (identity.allow.length + policy.allow.length === 0 && !isOpen(policy, action, resource))
    return undefined;
  const limits = view.limits(action, resource);
  const denies = [identity, ...limits, policy].flatMap(({ deny }) => deny);
  const ways = waysOf(view, action, resource, { identity, limits, policy }).filter(
    (way) => !denies.some((deny) => impliesAll(way, deny)),
  );
  if (ways.length === 0) return undefined;
  const left = weakest(ways);
  return {
    action: info?.name ?? action,
    resource,
    ways: texts(left),
    unless: texts(denies.filter((deny) => left.some((way) => both(way, deny) !== undefined))),
  };
}

interface Says {
  readonly identity: Say;
  readonly limits: readonly Say[];
  readonly policy: ResourceSay;
}

/** The ways in which all that have a say allow it; those that a Deny closes are among them. */
function waysOf(
  view: RoleView,
  action: string,
  resource: ScanResource,
  { identity, limits, policy }: Says,
): readonly Conjunction[] {
  if (isOpen(policy, action, resource)) return [[]];
  const within = (ways: readonly Conjunction[]): readonly Conjunction[] =>
    limits.reduce((left, { allow }) => product(left, allow), ways);
  if (view.accountOf(resource) !== view.world.account)
    return within(policy.foreign ? identity.allow : product(identity.allow, policy.allow));
  const { direct, anyone, account } = policy.allowAs;
  // A key or role whose policy is not known is taken to let everybody in.
  const gated = policy.exists && isGated(action, resource.arn);
  return [
    ...within(gated ? product(identity.allow, account) : identity.allow),
    ...within(direct),
    // Whether a boundary holds back what everybody may do is not documented; here it does not.
    ...anyone,
  ];
}

function isOpen({ known, exists }: ResourceSay, action: string, { arn }: ScanResource): boolean {
  return known && !exists && isOpenWithoutPolicy(action, arn);
}

function product(a: readonly Conjunction[], b: readonly Conjunction[]): readonly Conjunction[] {
  return a.flatMap((one) =>
    b.flatMap((other) => {
      const joined = both(one, other);
      return joined === undefined ? [] : [joined];
    }),
  );
}

/** Without the ways that are part of another. */
function weakest(ways: readonly Conjunction[]): readonly Conjunction[] {
  return ways.filter(
    (way, index) =>
      !ways.some(
        (other, place) =>
          place !== index && impliesAll(way, other) && (place < index || !impliesAll(other, way)),
      ),
  );
}

function texts(conjunctions: readonly Conjunction[]): readonly (readonly string[])[] {
  const each = conjunctions.map((one) => one.map(conditionText).sort());
  const unique = new Map(each.map((one) => [one.join("\n"), one]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
