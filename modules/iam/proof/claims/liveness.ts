import { evaluate } from "../../evaluate";
import { type AwsCall, callName, declaredCalls, requestsOf } from "../calls";
import type { Deployment } from "../deployment";
import type { Claim } from "./claim";

/** Each call that a role must be able to make is allowed by all policies together. */
export function livenessClaims(
  deployment: Deployment,
  calls: readonly AwsCall[] = declaredCalls(deployment),
): Claim[] {
  return (["modelled", "recorded"] as const).flatMap((known) => {
    const those = calls.filter((call) => call.known === known);
    if (those.length === 0) return [];
    const requests = those.flatMap((call) =>
      requestsOf(call, deployment).map((request) => ({ call, request })),
    );
    return [
      {
        id: `${deployment.environment}/liveness/${known}`,
        environment: deployment.environment,
        kind: "liveness",
        say: `every call that a role's work makes is allowed by its policies, ${deployment.unknownBoundaries.length === 0 ? "its boundary" : "its boundary where it is known"} and the policies of what it calls`,
        known,
        checked: requests.length,
        faults: requests.flatMap(({ call, request }) => {
          const { decision, lacks } = evaluate(deployment.world, request);
          if (decision === "Allowed") return [];
          const name = call.role.slice(call.role.lastIndexOf("/") + 1);
          const why = lacks === undefined ? "is denied" : `is not allowed by the ${lacks} policies`;
          return [
            `${name} can not ${call.say} (${callName(call.call)}): ${request.action} on ${request.resource} ${why}`,
          ];
        }),
      } satisfies Claim,
    ];
  });
}
