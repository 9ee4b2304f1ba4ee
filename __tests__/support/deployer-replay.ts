import { readFileSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../../modules/config";
import { evaluate, type IamRequest, type PolicyDocument } from "../../modules/iam";
import {
  type DeployerPhase,
  deployerArn,
  deployerPolicies,
  type DeployerScope,
  deployerWorld,
  keysOf,
  type RecordedCall,
  type RecordedPhase,
  type RecordedStack,
  type Recording,
} from "../../modules/iam/deployer";
import { requestsOf } from "../../modules/iam/deployer/replay";

const ROOT = path.resolve(__dirname, "../..");

/** A recording of the repository. */
export const readRecording = (name: string): Recording =>
  JSON.parse(readFileSync(path.join(ROOT, `recordings/${name}.json`), "utf8")) as Recording;

/** What the policies for a recorded phase have to allow. */
export const PHASES: Readonly<Record<RecordedPhase, DeployerPhase>> = {
  plan: "plan",
  apply: "apply",
  "no-op": "plan",
  update: "update",
  destroy: "destroy",
};

/** A call with the requests that AWS would decide about. */
export interface Replayed {
  readonly call: RecordedCall;
  readonly request: IamRequest;
}

/** The scope of a recorded stack. */
export const scopeOfStack = (
  environment: Environment,
  { kind, owner }: RecordedStack,
): DeployerScope => ({ environment, kind, owner });

/** The requests of a recorded stack, in their order. */
export function replayed(recording: Recording, stack: RecordedStack, caller: string): Replayed[] {
  return stack.calls.flatMap((call) =>
    requestsOf(call, { recording, stack, caller }).map((request) => ({ call, request })),
  );
}

/** Decides about requests with documents as the only permissions. */
export function refused(
  scope: DeployerScope,
  documents: readonly PolicyDocument[],
  requests: readonly IamRequest[],
): IamRequest[] {
  const policies = documents.map((document, index) => ({ name: String(index + 1), document }));
  const world = deployerWorld(scope, policies, keysOf(requests));
  return requests.filter((request) => evaluate(world, request).decision !== "Allowed");
}

/** Replays a stack phase by phase, each with the policies for that phase alone; lists what is refused. */
export function replay(
  environment: Environment,
  recording: Recording,
  stack: RecordedStack,
  owner = stack.owner,
): string[] {
  const scope = { ...scopeOfStack(environment, stack), owner };
  const all = replayed(recording, stack, deployerArn(scope));
  return (Object.keys(PHASES) as RecordedPhase[]).flatMap((phase) => {
    const { documents } = deployerPolicies({ ...scope, phases: [PHASES[phase]] });
    const requests = all.filter(({ call }) => call.phase === phase).map(({ request }) => request);
    return [
      ...new Set(
        refused(scope, documents, requests).map(
          ({ action, resource, context }) =>
            `${phase}: ${action} on ${resource} ${JSON.stringify(context)}`,
        ),
      ),
    ];
  });
}
