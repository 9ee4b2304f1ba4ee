import { AssumptionError } from "../../core";
import { applies, namesCaller, type Subject } from "./applies";
import { type CompiledPrincipal, type CompiledWorld, compileWorld } from "./compiled-world";
import { policyHolder, requestContext, resourceAccount } from "./context";
import { describeRef, type CompiledStatement } from "./parse";
import { accountOf, type NamedAs, widest } from "./principals";
import { isAssuming, isGated, isOpenWithoutPolicy } from "./services";
import { UnsupportedConstruct } from "./unsupported";
import type { Caller, Decision, IamRequest, Layer, StatementRef, World } from "./world";

/** What each kind of policy says about a request. */
interface Voices {
  /** `undefined` where the layer has no say. */
  readonly identity: Voice | undefined;
  readonly boundary: Voice | undefined;
  readonly endpoint: Voice | undefined;
  readonly organisation: readonly Voice[];
  readonly resource: ResourceVoice;
}

interface Voice {
  readonly allow: readonly StatementRef[];
  readonly deny: readonly StatementRef[];
}

interface ResourceVoice extends Voice {
  readonly layer: "resource" | "trust";
  readonly namedAs: NamedAs | undefined;
  /** Whether there is a policy at all. */
  readonly exists: boolean;
  /** Whether the resource is in the world, so that a policy that is not there is none. */
  readonly known: boolean;
  /** Another account's, of which nothing is known: its owner is taken to allow everything. */
  readonly foreign: boolean;
}

/** For an outsider, whose policies are not known: they allow. */
const UNKNOWN: Voice = { allow: [], deny: [] };

/**
 * Decides about a request by AWS's rules, for the policies that {@link parsePolicy} takes.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 *
 * @throws UnsupportedConstruct where the answer is not known; never an answer that may be wrong
 */
export function evaluate(world: World, request: IamRequest): Decision {
  const compiled = compileWorld(world);
  const account = resourceAccount(world, compiled, request);
  const subject: Subject = { request, context: requestContext(request, account) };
  const voices = collect(world, compiled, subject, account);
  const denied = allVoices(voices).flatMap(({ deny }) => deny);
  if (denied.length > 0) return { decision: "ExplicitlyDenied", by: denied };
  const missing = firstMissing(voices, subject, account);
  if (missing !== undefined) return { decision: "ImplicitlyDenied", by: [], lacks: missing };
  const assumed: Layer[] = [
    ...(voices.identity === UNKNOWN ? ["identity" as const] : []),
    ...(voices.resource.foreign ? [voices.resource.layer] : []),
  ];
  return {
    decision: "Allowed",
    by: allVoices(voices).flatMap(({ allow }) => allow),
    ...(assumed.length > 0 ? { assumed } : {}),
  };
}

const allVoices = (voices: Voices): readonly Voice[] =>
  [
    voices.identity,
    voices.boundary,
    voices.resource,
    voices.endpoint,
    ...voices.organisation,
  ].filter((voice) => voice !== undefined);

function collect(
  world: World,
  compiled: CompiledWorld,
  subject: Subject,
  account: string | undefined,
): Voices {
  const { caller, endpoint } = subject.request;
  const role = caller.kind === "role" ? roleOf(compiled, caller.arn) : undefined;
  return {
    identity: role
      ? voice(role.identity, subject)
      : caller.kind === "outsider"
        ? UNKNOWN
        : undefined,
    boundary: role?.boundary && voice(role.boundary, subject),
    endpoint:
      endpoint === undefined ? undefined : voice(endpointPolicy(compiled, endpoint), subject),
    organisation:
      accountOf(caller) === world.account && isBoundByOrganisation(caller)
        ? compiled.organisation.map((level) => voice(level, subject))
        : [],
    resource: resourceVoice(compiled, subject, account !== world.account),
  };
}

/**
 * Service control policies are about the roles of their accounts, but not about service-linked ones.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
function isBoundByOrganisation(caller: Caller): boolean {
  if (caller.kind !== "role" && caller.kind !== "outsider") return false;
  return !caller.arn.includes(":role/aws-service-role/");
}

function voice(statements: readonly CompiledStatement[], subject: Subject): Voice {
  const found = statements.filter((statement) => applies(statement, subject));
  const refs = (effect: "Allow" | "Deny"): StatementRef[] =>
    found.filter((statement) => statement.effect === effect).map(({ ref }) => ref);
  return { allow: refs("Allow"), deny: refs("Deny") };
}

function resourceVoice(
  compiled: CompiledWorld,
  subject: Subject,
  elsewhere: boolean,
): ResourceVoice {
  const { action, resource, caller } = subject.request;
  const layer = isAssuming(action) ? "trust" : "resource";
  const holder = policyHolder(resource);
  const policy = compiled.resourcePolicies.get(holder);
  // A role's trust policy says who may take the role on, and nothing about other calls on it.
  const statements = policy?.filter(({ ref }) => ref.layer === layer) ?? [];
  const allowing = statements.filter(
    (statement) => statement.effect === "Allow" && applies(statement, subject),
  );
  return {
    ...voice(statements, subject),
    layer,
    namedAs: widest(allowing.map((statement) => namesCaller(statement, caller))),
    exists: policy !== undefined,
    known: compiled.resources.has(holder),
    foreign: elsewhere && policy === undefined && !compiled.resources.has(holder),
  };
}

/** The first layer that does not allow what nobody denies. */
function firstMissing(
  voices: Voices,
  subject: Subject,
  resourceAccount: string | undefined,
): Layer | undefined {
  const { caller } = subject.request;
  if (voices.endpoint?.allow.length === 0) return "endpoint";
  if (voices.organisation.some(({ allow }) => allow.length === 0)) return "organisation";
  const { resource } = voices;
  if (isOpen(voices, subject)) return undefined;
  if (caller.kind === "service" || caller.kind === "federated")
    return resource.namedAs === "direct" || resource.namedAs === "anyone"
      ? undefined
      : resource.layer;
  if (caller.kind === "anonymous")
    return resource.namedAs === "anyone" ? undefined : resource.layer;
  if (resourceAccount === undefined) return unknownAccount(subject.request);
  const identity = identityMissing(voices);
  if (accountOf(caller) !== resourceAccount)
    return resource.foreign || resource.namedAs !== undefined ? identity : resource.layer;
  return inOwnAccount(voices, subject, identity);
}

/**
 * Within an account a resource's policy that names the role is a permission by itself, but not beyond the boundary.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
function inOwnAccount(
  voices: Voices,
  subject: Subject,
  identity: Layer | undefined,
): Layer | undefined {
  const { resource } = voices;
  const boundary = voices.boundary?.allow.length === 0 ? "boundary" : undefined;
  switch (resource.namedAs) {
    case "direct":
      return boundary;
    case "anyone":
      if (boundary === undefined) return undefined;
      throw new UnsupportedConstruct(
        `${subject.request.action} on ${JSON.stringify(subject.request.resource)}: everybody is allowed by ${resource.allow.map(describeRef).join(" and ")}, the boundary does not allow it, and AWS does not document which counts; name roles or accounts instead of everybody`,
      );
    case "account":
      return identity;
    case undefined:
      return needsPolicy(subject, resource) ? resource.layer : identity;
  }
}

function identityMissing({ identity, boundary }: Voices): Layer | undefined {
  if (identity === undefined) return "identity";
  if (identity !== UNKNOWN && identity.allow.length === 0) return "identity";
  return boundary?.allow.length === 0 ? "boundary" : undefined;
}

function isOpen({ resource }: Voices, { request }: Subject): boolean {
  return (
    resource.known && !resource.exists && isOpenWithoutPolicy(request.action, request.resource)
  );
}

/** Whether nobody gets in whom the resource's policy does not name. */
function needsPolicy({ request }: Subject, { layer, exists }: ResourceVoice): boolean {
  const { action, resource } = request;
  if (!isGated(action, resource)) return false;
  if (!exists && layer === "resource")
    throw new UnsupportedConstruct(
      `${action} on ${JSON.stringify(resource)}: the key's policy is not known, and nobody may use a key without it; put it into the world`,
    );
  return true;
}

function roleOf(compiled: CompiledWorld, arn: string): CompiledPrincipal {
  const role = compiled.principals.get(arn);
  if (role === undefined) throw new AssumptionError(`${arn} is no role of the world`);
  return role;
}

function endpointPolicy(compiled: CompiledWorld, name: string): readonly CompiledStatement[] {
  const policy = compiled.endpointPolicies.get(name);
  if (policy === undefined) throw new AssumptionError(`${name} is no endpoint of the world`);
  return policy;
}

function unknownAccount({ action, resource }: IamRequest): never {
  throw new UnsupportedConstruct(
    `${action} on ${JSON.stringify(resource)}: it is not known whose account the resource is in; say so by aws:ResourceAccount`,
  );
}
