import { standIn } from "../images/teleport/stand-in";
import type { SeenCall } from "../local/http/seen-call";
import {
  findStandIn,
  type StandIn,
  tryPartner,
  type TryOptions,
  type TryResult,
} from "../local/try";
import type { AwsCall, Deployment } from "../modules/iam/proof";
import { isCaller, type RoleCall } from "../modules/iam/proof/recorded";

/** The label's program on Node, which every machine has. */
const onNode: StandIn = { start: () => standIn.start({ runtime: "node" }) };

/** Runs an order and records every call that functions and jobs make. */
export async function recordTry(
  options: Omit<TryOptions, "cloud" | "environment">,
): Promise<{ readonly result: TryResult; readonly calls: readonly SeenCall[] }> {
  const calls: SeenCall[] = [];
  const result = await tryPartner({
    findStandIn: (image) =>
      image === "teleport" ? onNode : findStandIn(options.project.root, image),
    ...options,
    environment: "local",
    cloud: { onCall: (call) => void calls.push(call) },
  });
  return { result, calls };
}

/** The calls with the roles that made them; without those of nobody, such as of whoever watches the run. */
export function callsOfRoles(seen: readonly SeenCall[], { uses }: Deployment): readonly RoleCall[] {
  const callers = new Map(
    uses
      .filter(isCaller)
      .map((use) => [use.kind === "job" ? (use.role.split("/").pop() ?? use.role) : use.name, use]),
  );
  return seen.flatMap(({ caller, service, command, input }) => {
    const use = callers.get(caller);
    return use === undefined ? [] : [{ use, call: { service, command, input } }];
  });
}

/** A recorded call, to be asked whether it is allowed; those of jobs go through the endpoint that S3 is reached by. */
export function askable({ use, call }: RoleCall, { world }: Deployment): AwsCall {
  const endpoint = Object.keys(world.endpointPolicies ?? {}).find((name) => name.endsWith(".s3"));
  return {
    role: use.role,
    say: "do what it did in a run on one machine",
    known: "recorded",
    call: use.kind === "job" ? { ...call, endpoint } : call,
  };
}
