import { AssumptionError } from "../../core";
import { arnSegments } from "../glob";
import type { CompiledWorld } from "./compiled-world";
import { accountOf } from "./principals";
import type { IamRequest, World } from "./world";

/** Condition keys of a request, in small letters. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/**
 * The condition keys of a request: those that it gives, and those that follow from caller and resource.
 * A request can not say something else about these.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function requestContext(
  request: IamRequest,
  resourceAccount: string | undefined,
): RequestContext {
  const context = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(request.context ?? {}))
    context.set(key.toLowerCase(), typeof value === "string" ? [value] : value);
  for (const [key, value] of derivedKeys(request, resourceAccount)) {
    const given = context.get(key.toLowerCase());
    if (given !== undefined && (given.length !== 1 || given[0] !== value))
      throw new AssumptionError(
        `the request of ${request.action} says ${key} is ${JSON.stringify(given)}, it is ${JSON.stringify(value)}`,
      );
    context.set(key.toLowerCase(), [value]);
  }
  return context;
}

function derivedKeys(
  { caller, action, resource }: IamRequest,
  resourceAccount: string | undefined,
): (readonly [string, string])[] {
  const account = accountOf(caller);
  const isRole = caller.kind === "role" || caller.kind === "outsider";
  const region = arnSegments(resource)?.[3] ?? "";
  return [
    ["aws:PrincipalIsAWSService", String(caller.kind === "service")],
    ...(caller.kind === "service" ? [["aws:PrincipalServiceName", caller.service] as const] : []),
    ...(isRole ? [["aws:PrincipalArn", caller.arn] as const] : []),
    ...(isRole && account !== undefined ? [["aws:PrincipalAccount", account] as const] : []),
    ...(isRole && account !== undefined && action.toLowerCase().startsWith("kms:")
      ? [["kms:CallerAccount", account] as const]
      : []),
    ...(resourceAccount === undefined ? [] : [["aws:ResourceAccount", resourceAccount] as const]),
    ...(region === "" ? [] : [["aws:RequestedRegion", region] as const]),
  ];
}

/** The account that a resource is in, where it is known. */
export function resourceAccount(
  world: World,
  compiled: CompiledWorld,
  request: IamRequest,
): string | undefined {
  const { resource, caller, context = {} } = request;
  // An action without resources is about the caller's own account.
  if (resource === "*") return accountOf(caller);
  const inArn = arnSegments(resource)?.[4] ?? "";
  if (inArn !== "") return inArn;
  const known = compiled.resources.get(policyHolder(resource));
  if (known !== undefined) return known.account ?? world.account;
  const given = Object.entries(context).find(
    ([key]) => key.toLowerCase() === "aws:resourceaccount",
  )?.[1];
  return typeof given === "string" ? given : given?.[0];
}

/** ARN of what the policy for a resource is attached to: of an object, its bucket. */
export function policyHolder(resource: string): string {
  return /^arn:[\w-]+:s3:::[^/]+/u.exec(resource)?.[0] ?? resource;
}
