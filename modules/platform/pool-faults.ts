import { POOL_CAPACITIES } from "../batch/compute-pool";
import { INSTANCE_FAMILIES } from "../batch/instance-families";
import { type Environment, type Pool, settingPath, showValue } from "../config";

/** What is wrong with the pools, each and together. */
export function poolFaults(environment: Environment): string[] {
  return [
    ...Object.entries(environment.pools).flatMap(([name, pool]) =>
      familyFaults(environment, name, pool),
    ),
    ...nameFaults(environment),
  ];
}

/** Families of the other architecture start no host of the pool's image, and jobs wait for ever. */
function familyFaults({ id }: Environment, name: string, pool: Pool): string[] {
  return (pool.families ?? []).flatMap((family, index) => {
    // An instance type, `m6i.large`, is allowed where a family is.
    const known = INSTANCE_FAMILIES[family.split(".")[0] ?? ""];
    // What is no family of the table is not judged.
    if (known === undefined || known.architecture === pool.architecture) return [];
    const at = settingPath(`environments/${id}`, ["pools", name, "families", index]);
    return [
      `${at} is of architecture ${showValue(known.architecture)}, the pool's is ${showValue(pool.architecture)}, got ${showValue(family)}; name another, or change the pool's architecture`,
    ];
  });
}

/** The Spot environment of a pool `x-fargate` would be called as the Fargate Spot environment of a pool `x` is. */
function nameFaults({ id, pools }: Environment): string[] {
  const owners = new Map<string, string>();
  return Object.entries(pools).flatMap(([pool, { kind }]) =>
    POOL_CAPACITIES[kind].flatMap((capacity) => {
      const name = `${pool}-${capacity}`;
      const other = owners.get(name);
      owners.set(name, other ?? pool);
      return other === undefined
        ? []
        : [
            `environments/${id}.pools has two pools with a compute environment called ${showValue(name)}, ${showValue(other)} and ${showValue(pool)}; rename one`,
          ];
    }),
  );
}
