import { findAction } from "../catalog";
import { coversAction } from "../evaluate/applies";
import { type CompiledStatement, parsePolicy } from "../evaluate/parse";
import { arnCanBe, includes } from "../glob";
import type { Grant } from "../grant";
import type { GrantFault } from "../lint";
import { quotedList, sayFault } from "../lint/fault";
import { type PolicyDocument, policyDocument } from "../policy-document";
import { conditionText, impliesAll } from "../scan/conditions";

/** A boundary, and the setting that adds to it. */
export interface AddableBoundary {
  readonly document: PolicyDocument;
  readonly setting: string;
}

/**
 * What a grant allows and the boundary does not allow with the same conditions: AWS would refuse it at run time. Asked for
 * whole patterns; of several statements that cover a pattern only together it is said that they do not.
 */
export function boundaryFaults(
  role: string,
  grant: Grant,
  { document, setting }: AddableBoundary,
): GrantFault[] {
  // Only known after apply.
  if (JSON.stringify(grant.resources).includes("${")) return [];
  const layer = { layer: "boundary", policy: "boundary" } as const;
  const boundary = parsePolicy(document, layer).filter(({ effect }) => effect === "Allow");
  const [own] = parsePolicy(policyDocument([grant]), { ...layer, layer: "identity" });
  if (own === undefined) return [];
  const arns = "any" in grant.resources ? ["*"] : grant.resources;
  return grant.actions.flatMap((action) => {
    const covering = boundary.filter((one) => coversAction(one, action));
    const beyond = arns
      .filter((arn) => takes(action, arn))
      .flatMap((arn) => answer(covering, own, arn) ?? []);
    const missing = beyond.filter(({ without }) => without === undefined).map(({ arn }) => arn);
    const [lacking] = beyond.flatMap(({ without }) => without ?? []);
    if (missing.length > 0)
      return [
        sayFault(role, grant, "boundary", {
          what: `allows ${JSON.stringify(action)} on ${quotedList(missing)}, which the permissions boundary of the environment does not allow`,
          todo: `who answers for the environment adds it to ${setting}, with a reason, and applies the bootstrap stack; or take it out`,
        }),
      ];
    if (lacking === undefined) return [];
    return [
      sayFault(role, grant, "boundary", {
        what: `allows ${JSON.stringify(action)} without a condition that the permissions boundary of the environment has: ${lacking}`,
        todo: "add the condition, with one or more of its values",
      }),
    ];
  });
}

interface Beyond {
  readonly arn: string;
  /** Conditions that would make it allowed. */
  readonly without?: string;
}

function answer(
  covering: readonly CompiledStatement[],
  own: CompiledStatement,
  arn: string,
): Beyond | undefined {
  const reaching = covering.filter(({ resources }) =>
    resources.some((pattern) => includes(pattern, arn)),
  );
  const [first] = reaching;
  if (first === undefined) return { arn };
  if (reaching.some(({ conditions }) => impliesAll(own.conditions, conditions))) return undefined;
  return { arn, without: first.conditions.map(conditionText).join(" and ") };
}

/** Of the pairs of a grant, those that AWS asks about. */
function takes(action: string, arn: string): boolean {
  const types = findAction(action)?.resourceTypes ?? [];
  return arn === "*" || types.some(({ segments }) => arnCanBe(arn, segments));
}
