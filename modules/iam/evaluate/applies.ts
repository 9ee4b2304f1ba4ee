import { matches } from "../glob";
import { holds } from "./conditions";
import type { RequestContext } from "./context";
import { type CompiledCondition, type CompiledStatement, describeRef } from "./parse";
import { namedAs, type NamedAs } from "./principals";
import { UnsupportedConstruct } from "./unsupported";
import type { Caller, IamRequest } from "./world";

/** A request with its condition keys. */
export interface Subject {
  readonly request: IamRequest;
  readonly context: RequestContext;
}

/** Whether a statement is about a request: action, resource, caller and conditions. */
export function applies(statement: CompiledStatement, subject: Subject): boolean {
  const { action, resource, caller } = subject.request;
  return (
    coversAction(statement, action) &&
    coversResource(statement, resource) &&
    (statement.principals === undefined || namesCaller(statement, caller) !== undefined) &&
    statement.conditions.every((condition) => conditionHolds(condition, statement, subject))
  );
}

/** Whether a statement is about an action; capitals do not count. */
export function coversAction({ actions, notActions }: CompiledStatement, action: string): boolean {
  const name = action.toLowerCase();
  return actions.some((pattern) => matches(pattern, name)) !== notActions;
}

/** Whether a statement is about a resource. */
export function coversResource(statement: CompiledStatement, resource: string): boolean {
  // A trust policy is about its role alone.
  if (statement.ref.layer === "trust") return true;
  return (
    statement.resources.some((pattern) => matches(pattern, resource)) !== statement.notResources
  );
}

/** How a statement names a caller. */
export function namesCaller(statement: CompiledStatement, caller: Caller): NamedAs | undefined {
  return statement.principals && namedAs(statement.principals, caller);
}

function conditionHolds(
  { operator, key, values }: CompiledCondition,
  { ref }: CompiledStatement,
  { request, context }: Subject,
): boolean {
  const result = holds(operator, values, context.get(key));
  if (result !== undefined) return result;
  throw new UnsupportedConstruct(
    `${describeRef(ref)}, compares ${JSON.stringify(key)} by ${operator.text}, and the request of ${request.action} has several values; compare it by ForAnyValue or ForAllValues`,
  );
}
