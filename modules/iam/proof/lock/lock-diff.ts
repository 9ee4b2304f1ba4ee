import type { EnvironmentLock, IamLock, LockRow } from "./lock";

/** A permission that one lock has and another has not. */
export interface LockChange {
  readonly environment: string;
  /** Name of the role or boundary. */
  readonly role: string;
  readonly kind: "added" | "removed";
  readonly action: string;
  readonly on: string;
  readonly if: readonly string[];
  readonly unless: readonly string[];
}

/** Permissions that were added and removed between two locks; the order of rows is no change. */
export function diffLocks(before: IamLock, after: IamLock): readonly LockChange[] {
  const ids = new Set([...Object.keys(before.environments), ...Object.keys(after.environments)]);
  return [...ids].sort().flatMap((id) => {
    const old = permissionsOf(id, before.environments[id]);
    const now = permissionsOf(id, after.environments[id]);
    return [
      ...without(now, old).map((one) => ({ ...one, kind: "added" as const })),
      ...without(old, now).map((one) => ({ ...one, kind: "removed" as const })),
    ];
  });
}

/** A change, in words. */
export function sayLockChange({
  environment,
  role,
  kind,
  action,
  on,
  ...rest
}: LockChange): string {
  const conditions = rest.if.length > 0 ? ` if ${rest.if.join(" or ")}` : "";
  const unless = rest.unless.length > 0 ? ` unless ${rest.unless.join(" or ")}` : "";
  return `${kind} in ${environment}: ${role} may ${action} on ${on}${conditions}${unless}`;
}

type Permission = Omit<LockChange, "kind">;

function permissionsOf(
  environment: string,
  lock: EnvironmentLock | undefined,
): ReadonlyMap<string, Permission> {
  const rows = (record: Readonly<Record<string, readonly LockRow[]>>): Permission[] =>
    Object.entries(record).flatMap(([role, list]) =>
      list.flatMap(({ may, on, if: ways = [], unless = [] }) =>
        may.map((action) => ({ environment, role, action, on, if: ways, unless })),
      ),
    );
  const all = lock === undefined ? [] : [...rows(lock.roles), ...rows(lock.boundaries)];
  return new Map(all.map((one) => [JSON.stringify(Object.values(one)), one]));
}

function without(
  all: ReadonlyMap<string, Permission>,
  known: ReadonlyMap<string, Permission>,
): Permission[] {
  return [...all].flatMap(([key, one]) => (known.has(key) ? [] : [one]));
}
