import { evaluate, type IamRequest, type NamedPolicy, type StatementRef } from "../evaluate";
import type { Statement } from "../policy-document";
import { deployerWorld, exampleRequests, keysOf } from "./examples";
import { DEPLOYER_PHASES, type DeployerNeed, type DeployerPhase } from "./needs";
import { deployerPolicies, merge } from "./policies";
import type { DeployerScope } from "./scope";

/** A need that what somebody has does not meet. */
export interface Refusal {
  readonly need: DeployerNeed;
  readonly phases: readonly DeployerPhase[];
  readonly request: IamRequest;
  /** Statements that deny it; none where nothing allows it. */
  readonly deniedBy: readonly StatementRef[];
  /** `identity` or `organisation` where nothing there allows it. */
  readonly lacks: string | undefined;
}

/** What {@link diagnose} finds in a stack. */
export interface Diagnosis {
  readonly scope: DeployerScope;
  /** Requests that were tried. */
  readonly tried: number;
  readonly refusals: readonly Refusal[];
  /** Statements that would let everything pass that only lacks a permission; denials are not mended by permissions. */
  readonly addition: readonly Statement[];
}

/**
 * Tells which requests of a stack's deployment would be refused by what a deployer has and by an organisation's policies:
 * levels from the root down to the account, each of which must allow.
 */
export function diagnose(
  scope: DeployerScope,
  have: readonly NamedPolicy[] | undefined,
  organisation: readonly (readonly NamedPolicy[])[],
  phases: readonly DeployerPhase[] = DEPLOYER_PHASES,
): Diagnosis {
  const { needs, documents } = deployerPolicies({ ...scope, phases });
  const policies =
    have ??
    documents.map((document, index) => ({ name: `generated ${String(index + 1)}`, document }));
  const tried = unique(needs).flatMap((need) =>
    exampleRequests(need, scope).map((request) => ({ need, request })),
  );
  const world = deployerWorld(
    scope,
    policies,
    keysOf(tried.map(({ request }) => request)),
    organisation.map(withFullAccess),
  );
  const refusals = tried.flatMap(({ need, request }): Refusal[] => {
    const decision = evaluate(world, request);
    if (decision.decision === "Allowed") return [];
    return [
      {
        need,
        request,
        phases: phasesOf(need, needs, phases),
        deniedBy: decision.by,
        lacks: decision.lacks,
      },
    ];
  });
  const missing = refusals.filter(({ lacks }) => lacks === "identity").map(({ need }) => need);
  return { scope, tried: tried.length, refusals, addition: merge(missing) };
}

/**
 * AWS attaches a policy that allows everything to each level, and those who only deny leave it there. Where a level has
 * policies of its own that allow, these are what it allows.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
 */
function withFullAccess(level: readonly NamedPolicy[]): readonly NamedPolicy[] {
  const allows = level.some(({ document }) =>
    [document.Statement].flat().some(({ Effect }) => Effect === "Allow"),
  );
  return allows ? level : [FULL_ACCESS, ...level];
}

const FULL_ACCESS: NamedPolicy = {
  name: "FullAWSAccess",
  document: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  },
};

const STEP_PHASES: Readonly<Record<DeployerNeed["step"], readonly DeployerPhase[]>> = {
  read: DEPLOYER_PHASES,
  create: ["apply"],
  update: ["update"],
  delete: ["destroy"],
};

const keyOf = ({ action, target }: DeployerNeed): string => JSON.stringify([action, target]);

function unique(needs: readonly DeployerNeed[]): DeployerNeed[] {
  return [...new Map(needs.map((need) => [keyOf(need), need])).values()];
}

function phasesOf(
  need: DeployerNeed,
  needs: readonly DeployerNeed[],
  wanted: readonly DeployerPhase[],
): DeployerPhase[] {
  const steps = needs.filter((other) => keyOf(other) === keyOf(need)).map(({ step }) => step);
  return wanted.filter((phase) => steps.some((step) => STEP_PHASES[step].includes(phase)));
}
