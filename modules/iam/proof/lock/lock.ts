import { ConfigError } from "../../../core";
import { CATALOG_VERSION } from "../../catalog";
import type { NamedPolicy, Principal, World } from "../../evaluate";
import { closedWorld, type Permission, type ScanResource } from "../../scan";
import { type AccessRole, deploys } from "../access/access-role";
import type { Deployment } from "../deployment";
import { sampleResources } from "./samples";
import { statedRows } from "./stated-rows";

/** Everything that the roles of a project can do: committed, so that a change of it is a change that somebody reads. */
export interface IamLock {
  readonly schemaVersion: 1;
  /** Catalog of actions that it was made with. */
  readonly catalog: { readonly version: string; readonly date: string };
  readonly environments: Readonly<Record<string, EnvironmentLock>>;
}

/** What the roles of an environment can do. */
export interface EnvironmentLock {
  /** By the name of the role. */
  readonly roles: Readonly<Record<string, readonly LockRow[]>>;
  /** What the boundaries let a role do that is allowed everything, by the name of the boundary. */
  readonly boundaries: Readonly<Record<string, readonly LockRow[]>>;
}

/** Actions on a thing, under the same conditions. */
export interface LockRow {
  /** ARN; for what a pattern names, one thing that it matches. */
  readonly on: string;
  readonly may: readonly string[];
  /** Ways to do it, each the conditions that must hold; missing where there are none. */
  readonly if?: readonly string[];
  /** Ways in which it is denied all the same. */
  readonly unless?: readonly string[];
}

/** What the roles of a deployment can do now. */
export function lockOf(deployments: readonly Deployment[]): IamLock {
  return {
    schemaVersion: 1,
    catalog: { version: CATALOG_VERSION.version, date: CATALOG_VERSION.date },
    environments: Object.fromEntries(
      deployments.map((deployment) => [deployment.environment, environmentLock(deployment)]),
    ),
  };
}

/** Worlds do not change, and asking about all of one takes seconds. */
const known = new WeakMap<World, EnvironmentLock>();

function environmentLock({ world, access }: Deployment): EnvironmentLock {
  const lock = known.get(world) ?? askedLock(world, access);
  known.set(world, lock);
  return lock;
}

/**
 * Whoever deploys has statements on patterns of things that are still to be made: of those each statement stands as it is,
 * which with exact actions is all that they can do. The others are asked about every action.
 */
function askedLock(world: World, access: readonly AccessRole[]): EnvironmentLock {
  const deployers = new Set(access.filter(deploys).map(({ arn }) => arn));
  const asked = world.principals.filter(({ arn }) => !deployers.has(arn));
  const stated = world.principals.filter(({ arn }) => deployers.has(arn));
  const samples = sampleResources({ ...world, principals: asked });
  // Boundaries of people and CI are no more than what one of them is granted, or patterns: they stand as they are.
  const others = new Set(access.map(({ arn }) => arn));
  const [workloads, rest] = [false, true].map((is) =>
    boundariesOf(world.principals.filter(({ arn }) => others.has(arn) === is)),
  );
  return {
    roles: Object.fromEntries(
      [
        ...asked.map(({ arn, name }) => [name, lockRows(world, arn, samples)] as const),
        ...stated.map(({ name, policies }) => [name, statedRows(policies)] as const),
      ].sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    boundaries: Object.fromEntries([
      ...(rest ?? []).map((boundary) => [boundary.name, statedRows([boundary])] as const),
      ...(workloads ?? []).map(
        (boundary) => [boundary.name, boundaryRows(world, boundary, samples)] as const,
      ),
    ]),
  };
}

/** The boundaries of a world, each once. */
export function boundariesOf(principals: World["principals"]): readonly NamedPolicy[] {
  const found = new Map(
    principals.flatMap(({ boundary }) => (boundary ? [[boundary.name, boundary]] : [])),
  );
  return [...found.values()];
}

/** What a role can do, as rows. */
export function lockRows(
  world: World,
  role: string,
  samples: readonly ScanResource[],
): readonly LockRow[] {
  const rows = new Map<string, LockRow & { readonly may: string[] }>();
  for (const permission of closedWorld(world, role, samples).permissions) {
    const row = rowOf(permission);
    const key = JSON.stringify([row.on, row.if, row.unless]);
    const same = rows.get(key);
    if (same === undefined) rows.set(key, { ...row, may: [permission.action] });
    else same.may.push(permission.action);
  }
  return [...rows.values()].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** What a boundary lets a role do that has all permissions. */
export function boundaryRows(
  world: World,
  boundary: NamedPolicy,
  samples: readonly ScanResource[],
): readonly LockRow[] {
  const probe: Principal = {
    arn: `arn:${world.partition}:iam::${world.account}:role/with-all-permissions`,
    name: "with-all-permissions",
    owner: "boundary",
    trust: { Version: "2012-10-17", Statement: [] },
    policies: [
      {
        name: "everything",
        document: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
        },
      },
    ],
    boundary,
  };
  return lockRows({ ...world, principals: [...world.principals, probe] }, probe.arn, samples);
}

function rowOf({ resource, ways, unless }: Permission): Omit<LockRow, "may"> {
  const texts = (all: readonly (readonly string[])[]): readonly string[] =>
    all.map((one) => one.join(" and ")).sort();
  const open = ways.some((way) => way.length === 0);
  return {
    on:
      resource.account === undefined
        ? resource.arn
        : `${resource.arn} (account ${resource.account})`,
    ...(open ? {} : { if: texts(ways) }),
    ...(unless.length === 0 ? {} : { unless: texts(unless) }),
  };
}

/** The lock as it is committed: one row a line. */
export function lockJson({ environments, ...head }: IamLock): string {
  const section = (rows: Readonly<Record<string, readonly LockRow[]>>): string =>
    entries(
      rows,
      (list) => `[\n${list.map((row) => `        ${JSON.stringify(row)}`).join(",\n")}\n      ]`,
      6,
    );
  const all = entries(
    environments,
    ({ roles, boundaries }) =>
      `{\n      "roles": ${section(roles)},\n      "boundaries": ${section(boundaries)}\n    }`,
    4,
  );
  return `${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "environments": ${all}\n}\n`;
}

function entries<T>(
  record: Readonly<Record<string, T>>,
  text: (value: T) => string,
  indent: number,
): string {
  const before = " ".repeat(indent);
  const lines = Object.entries(record).map(
    ([key, value]) => `${before}${JSON.stringify(key)}: ${text(value)}`,
  );
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${before.slice(2)}}`;
}

/** Reads a committed lock. */
export function parseLock(text: string, file: string): IamLock {
  const wrong = (why: string): ConfigError =>
    new ConfigError(`${file} ${why}; write it anew and read what changes`);
  let lock: Partial<IamLock> | null;
  try {
    lock = JSON.parse(text) as Partial<IamLock> | null;
  } catch (error) {
    throw new ConfigError(`${file} is no JSON; write it anew and read what changes`, {
      cause: error,
    });
  }
  if (lock?.schemaVersion !== 1)
    throw wrong(`has the schema version ${JSON.stringify(lock?.schemaVersion)}, known is 1`);
  if (lock.catalog === undefined || lock.environments === undefined)
    throw wrong("lacks catalog or environments");
  return lock as IamLock;
}
