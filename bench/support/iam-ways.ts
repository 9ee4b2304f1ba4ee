import { createRequire } from "node:module";
import { join } from "node:path";
import { allActions, findAction } from "../../modules/iam/catalog";
import {
  evaluate,
  type IamRequest,
  type Principal,
  UnsupportedConstruct,
  type World,
} from "../../modules/iam/evaluate";
import { policyHolder } from "../../modules/iam/evaluate/context";
import type { ScanResource } from "../../modules/iam/scan";

/** A pair of an action and a thing that is decided about for a role. */
export interface Pair {
  readonly action: string;
  readonly resource: ScanResource;
}

/** What one request is answered with; `not said` where a way refuses to say. */
export type Answer = "allowed" | "denied" | "not said";

/** Every n-th pair of the closed world, so that about so many are left, and other ones in each round. */
export function somePairs(
  resources: readonly ScanResource[],
  count: number,
  round: number,
): Pair[] {
  const actions = allActions();
  const all = actions.length * resources.length;
  // No divisor of the number of resources: each action is met with things of all kinds.
  const step = Math.max(1, Math.floor(all / count)) | 1;
  const pairs: Pair[] = [];
  for (let at = (round * 7919) % step; at < all; at += step) {
    const action = actions[Math.floor(at / resources.length)];
    const resource = resources[at % resources.length];
    if (action !== undefined && resource !== undefined)
      pairs.push({ action: action.name, resource });
  }
  return pairs;
}

/** The request of a pair: by the role, over TLS, in the account that the thing is in. */
export function requestOf(world: World, role: string, { action, resource }: Pair): IamRequest {
  const inArn = resource.arn.split(":")[4] ?? "";
  const account = resource.account ?? world.account;
  return {
    caller: { kind: "role", arn: role },
    action,
    resource: resource.arn,
    context: {
      "aws:SecureTransport": "true",
      ...(resource.arn !== "*" && inArn === "" ? { "aws:ResourceAccount": account } : {}),
    },
  };
}

/** The evaluator: every statement of every layer is looked at, for one request. */
export function byEvaluator(world: World, role: string, pair: Pair): Answer {
  try {
    const { decision } = evaluate(world, requestOf(world, role, pair));
    return decision === "Allowed" ? "allowed" : "denied";
  } catch (error) {
    if (error instanceof UnsupportedConstruct) return "not said";
    throw error;
  }
}

/** AWS asks for actions without resource types by `*` alone: other pairs are no requests. */
export const isAsked = ({ action, resource }: Pair): boolean =>
  resource.arn === "*" || findAction(action)?.resourceTypes.length !== 0;

/** What of the simulator is used here. */
interface Simulator {
  runSimulation(
    simulation: object,
    options: object,
  ): Promise<{ readonly resultType: string; readonly overallResult?: string }>;
}

/** A simulator that lies beside the project: a directory with `node_modules/@cloud-copilot/iam-simulate`. */
export function loadSimulator(directory: string): Simulator {
  return createRequire(join(directory, "package.json"))("@cloud-copilot/iam-simulate") as Simulator;
}

/** The simulator's answer to the same request. */
export async function bySimulator(
  simulator: Simulator,
  world: World,
  role: Principal,
  pair: Pair,
): Promise<Answer> {
  const { action, resource, context } = requestOf(world, role.arn, pair);
  const inArn = resource.split(":")[4] ?? "";
  const policy = ({ name, document }: Principal["policies"][number]): object => ({
    name,
    policy: document,
  });
  const { resultType, overallResult } = await simulator.runSimulation(
    {
      request: {
        principal: role.arn,
        action,
        resource: {
          resource,
          accountId: inArn === "" ? (pair.resource.account ?? world.account) : inArn,
        },
        contextVariables: context,
      },
      identityPolicies: role.policies.map(policy),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: world.resourcePolicies[policyHolder(resource)],
      ...(role.boundary === undefined
        ? {}
        : { permissionBoundaryPolicies: [policy(role.boundary)] }),
    },
    {},
  );
  if (resultType === "error") return "not said";
  return overallResult === "Allowed" ? "allowed" : "denied";
}
