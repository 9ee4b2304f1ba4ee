import { AssumptionError } from "../../core";
import type { PolicyDocument } from "../policy-document";
import { type CompiledStatement, parsePolicy } from "./parse";
import type { Layer, NamedPolicy, Principal, World, WorldResource } from "./world";

/** A world with its policies read, and found by name. */
export interface CompiledWorld {
  readonly principals: ReadonlyMap<string, CompiledPrincipal>;
  readonly resources: ReadonlyMap<string, WorldResource>;
  /** Statements of a resource's policy; of a role, those of its trust policy. */
  readonly resourcePolicies: ReadonlyMap<string, readonly CompiledStatement[]>;
  readonly endpointPolicies: ReadonlyMap<string, readonly CompiledStatement[]>;
  /** One entry for each level. */
  readonly organisation: readonly (readonly CompiledStatement[])[];
}

/** A role with its policies read. */
export interface CompiledPrincipal {
  readonly principal: Principal;
  readonly identity: readonly CompiledStatement[];
  readonly boundary: readonly CompiledStatement[] | undefined;
}

const documents = new WeakMap<PolicyDocument, Map<string, readonly CompiledStatement[]>>();
const worlds = new WeakMap<World, CompiledWorld>();

/** Reads all policies of a world, once. Worlds and documents are never changed; variants are new ones. */
export function compileWorld(world: World): CompiledWorld {
  const known = worlds.get(world);
  if (known !== undefined) return known;
  const compiled: CompiledWorld = {
    principals: unique(world.principals.map((one) => [one.arn, compilePrincipal(one)])),
    resources: unique(world.resources.map((one) => [one.arn, one])),
    resourcePolicies: unique([
      ...Object.entries(world.resourcePolicies).map(
        ([arn, document]) => [arn, compile(document, "resource", arn)] as const,
      ),
      ...world.principals.map(({ arn, trust }) => [arn, compile(trust, "trust", arn)] as const),
    ]),
    endpointPolicies: unique(
      Object.entries(world.endpointPolicies ?? {}).map(([name, document]) => [
        name,
        compile(document, "endpoint", name),
      ]),
    ),
    organisation: (world.serviceControlPolicies ?? []).map((level) =>
      compileAll(level, "organisation"),
    ),
  };
  worlds.set(world, compiled);
  return compiled;
}

function compilePrincipal(principal: Principal): CompiledPrincipal {
  const { policies, boundary } = principal;
  return {
    principal,
    identity: compileAll(policies, "identity"),
    boundary: boundary && compileAll([boundary], "boundary"),
  };
}

function compileAll(policies: readonly NamedPolicy[], layer: Layer): CompiledStatement[] {
  return policies.flatMap(({ name, document }) => compile(document, layer, name));
}

function compile(
  document: PolicyDocument,
  layer: Layer,
  policy: string,
): readonly CompiledStatement[] {
  const places = documents.get(document) ?? new Map<string, readonly CompiledStatement[]>();
  documents.set(document, places);
  const place = `${layer} ${policy}`;
  const statements = places.get(place) ?? parsePolicy(document, { layer, policy });
  places.set(place, statements);
  return statements;
}

function unique<T>(entries: readonly (readonly [string, T])[]): Map<string, T> {
  const map = new Map(entries);
  if (map.size === entries.length) return map;
  const twice = entries.find(
    ([key], index) => entries.findIndex(([other]) => other === key) < index,
  );
  throw new AssumptionError(`${JSON.stringify(twice?.[0])} stands twice in the world`);
}
