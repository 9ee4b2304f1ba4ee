import { standIn as label, TELEPORT_PATH, teleportScript } from "../images/teleport/stand-in";
import { type LabelFault, startLabelServer } from "../images/teleport/stand-in/label-server";
import { DEFAULT_ORDER } from "../images/teleport/stand-in/orders";
import { AwsError } from "../local/http/aws-error";
import type { SeenCall } from "../local/http/seen-call";
import { findStandIn, type StandIn, tryPartner, type TryResult } from "../local/try";
import type { Project } from "../modules/app";
import type { AwsCall, Deployment } from "../modules/iam/proof";
import { isCaller, type RoleCall } from "../modules/iam/proof/recorded";
import { laterBy, type RecordedRun } from "./iam-calls-runs";

/** The label's program on Node, which every machine has, at a server with faults. */
function labelWith(faults: readonly LabelFault[] | undefined): StandIn {
  if (faults === undefined) return { start: () => label.start({ runtime: "node" }) };
  return {
    start: async () => {
      const server = await startLabelServer({ faults });
      return {
        environment: { TELEPORT_URL: server.url, TELEPORT_TOKEN: server.token },
        root: { [TELEPORT_PATH]: teleportScript(undefined) },
        defaultOrder: DEFAULT_ORDER,
        runtime: "node",
        close: () => server.close(),
      };
    },
  };
}

/** Runs an order and records every call that functions and jobs make. */
export async function recordTry(
  project: Project,
  run: RecordedRun,
): Promise<{ readonly result: TryResult; readonly calls: readonly SeenCall[] }> {
  const {
    faults,
    loseJobEvents,
    refuseFunction,
    refuseTrigger,
    reconcileAfterMinutes,
    ...options
  } = run;
  const calls: SeenCall[] = [];
  const later =
    reconcileAfterMinutes === undefined
      ? {}
      : { platformEnvironment: { reconcile: laterBy(reconcileAfterMinutes, project.root) } };
  const refuse = (): void => {
    const call = calls.findLast(({ service }) => service === "Batch");
    if (call?.command === "SubmitJob" && call.caller.endsWith("--trigger"))
      throw new AwsError("ClientException", "the queue is disabled", 400);
  };
  const throttle = ({ input }: { readonly input: unknown }): void => {
    if (String((input as { name?: unknown }).name).endsWith("unpack"))
      throw new AwsError("TooManyRequestsException", "Rate Exceeded.", 429);
  };
  const result = await tryPartner({
    ...options,
    project,
    findStandIn: (image) => {
      if (image === "teleport") return labelWith(faults);
      // Partners who are made up for the recording have photos from where the photo host has them.
      return findStandIn(project.root, image === "shared-out" ? "photo-archive" : image);
    },
    environment: "local",
    cloud: {
      onCall: (call) => void calls.push(call),
      ...(loseJobEvents === undefined ? {} : { loseJobEvents }),
      ...(refuseFunction === true ? { lambdaHooks: { before: throttle } } : {}),
      ...(refuseTrigger === true ? { batchHooks: { before: refuse } } : {}),
      ...later,
    },
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
