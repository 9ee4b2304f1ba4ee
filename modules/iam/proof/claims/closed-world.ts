import { allActions } from "../../catalog";
import type { Deployment } from "../deployment";
import { diffLocks, type IamLock, lockOf, sampleResources, sayLockChange } from "../lock";
import type { Claim } from "./claim";

/** What is allowed, over all actions of the catalog, is what the committed lock says. */
export function closedWorldClaim(deployment: Deployment, lock: IamLock | undefined): Claim {
  const { environment, world } = deployment;
  const now = lockOf([deployment]);
  return {
    id: `${environment}/closed-world/lock`,
    environment,
    kind: "closed world",
    say: "the roles can do what iam.lock.json says and nothing else in the catalog, on nothing of theirs, of others, of other accounts",
    known: "modelled",
    checked: world.principals.length * allActions().length * sampleResources(world).length,
    faults: lock === undefined ? ["there is no iam.lock.json"] : faultsOf(lock, now, environment),
  };
}

function faultsOf(lock: IamLock, now: IamLock, environment: string): readonly string[] {
  const own = lock.environments[environment];
  const before: IamLock = {
    ...lock,
    environments: own === undefined ? {} : { [environment]: own },
  };
  const catalog =
    lock.catalog.version === now.catalog.version
      ? []
      : [
          `iam.lock.json was made with the catalog ${lock.catalog.version}, now it is ${now.catalog.version}`,
        ];
  return [...catalog, ...diffLocks(before, now).map(sayLockChange)];
}
