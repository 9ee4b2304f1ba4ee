import { evaluate } from "../../evaluate";
import type { Claim } from "../claims/claim";
import type { Deployment } from "../deployment";
import { attacksBy } from "./attacks";

/** What people and CI can not do, request by request, whatever their own policies and boundary say together. */
export function accessLimitsClaim(deployment: Deployment): Claim {
  const { environment, world, access } = deployment;
  const asked = access.flatMap((role) =>
    attacksBy(role, deployment).map((attack) => ({ role, ...attack })),
  );
  return {
    id: `${environment}/escalation/people-and-ci`,
    environment,
    kind: "escalation",
    say: "nobody of people and CI gets more than the role was given: no boundary removed or changed, nothing outside the environment, no ledger rewritten",
    known: "modelled",
    checked: asked.length,
    faults: [
      ...new Set(
        asked.flatMap(({ role, say, request }) =>
          evaluate(world, { ...request, caller: { kind: "role", arn: role.arn } }).decision ===
          "Allowed"
            ? [`${role.name} can ${say}: ${request.action} on ${request.resource}`]
            : [],
        ),
      ),
    ],
  };
}
