import { evaluate, type IamRequest, type World } from "../../evaluate";
import { requestsOf } from "../calls";
import type { Claim } from "../claims/claim";
import type { Deployment } from "../deployment";
import type { AccessRole } from "./access-role";
import { peopleCalls } from "./people-calls";

/** Something that a role must be able to do. */
interface Asked {
  readonly role: AccessRole;
  readonly say: string;
  readonly request: IamRequest;
}

/** What the commands are made of that a role of people is for, and what a deployment asks for, is allowed to the role. */
export function accessLivenessClaim(deployment: Deployment): Claim {
  const { environment, access } = deployment;
  const asked = access.flatMap((role) => [
    ...peopleRequests(role, deployment),
    ...role.requests.map(({ say, request }): Asked => ({
      role,
      say,
      request: { ...request, caller: { kind: "role", arn: role.arn } },
    })),
  ]);
  const world = withKeys(
    deployment.world,
    asked.map(({ request }) => request.resource),
  );
  return {
    id: `${environment}/liveness/people-and-ci`,
    environment,
    kind: "liveness",
    say: "people can do what their commands call, and CI what a deployment calls, within their boundaries",
    known: "modelled",
    checked: asked.length,
    faults: [
      ...new Set(
        asked.flatMap(({ role, say, request }) => {
          const { decision, lacks } = evaluate(world, request);
          if (decision === "Allowed") return [];
          const why = lacks === undefined ? "is denied" : `is not allowed by the ${lacks} policies`;
          return [`${role.name} can not ${say}: ${request.action} on ${request.resource} ${why}`];
        }),
      ),
    ],
  };
}

function peopleRequests(role: AccessRole, deployment: Deployment): Asked[] {
  return peopleCalls(role, deployment).flatMap((call) =>
    requestsOf(call, deployment).map((request) => ({ role, say: call.say, request })),
  );
}

/** Keys that are still to be made have the policy that leaves it to the account's policies who uses them. */
function withKeys(world: World, resources: readonly string[]): World {
  const keys = resources.filter((arn) => /:key\/[^/]+$/u.test(arn));
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:${world.partition}:iam::${world.account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  } as const;
  const made = Object.fromEntries(keys.map((key) => [key, policy]));
  return { ...world, resourcePolicies: { ...made, ...world.resourcePolicies } };
}
