import type { StackJson } from "../run/working-directory";

/** Put in the place of a value: takes the setting out. */
export const REMOVE = Symbol("remove");

/** One difference between what is emitted and what an emulator, or a plan without an account, is given. */
export interface Override {
  /**
   * Where in the configuration, names joined by `/`; `*` stands for each name or index of its level. What the path ends
   * in is set on everything that the rest of the path names.
   */
  readonly path: string;
  readonly value: unknown;
  /** Why it can not be done without. */
  readonly reason: string;
}

/** An override where it took effect. */
export interface AppliedOverride {
  readonly override: Override;
  /** The path without `*`. */
  readonly at: string;
}

/** A configuration after overrides. */
export interface Overridden {
  readonly configuration: StackJson;
  readonly applied: readonly AppliedOverride[];
}

/** Applies overrides to a copy of a configuration. */
export function applyOverrides(
  configuration: StackJson,
  overrides: readonly Override[],
): Overridden {
  const copy = structuredClone(configuration) as Node;
  const applied = overrides.flatMap((override) => {
    const parts = override.path.split("/");
    const last = parts.pop() ?? "";
    return nodesAt(copy, parts, []).flatMap(({ node, at }) =>
      set(node, last, override.value) ? [{ override, at: [...at, last].join("/") }] : [],
    );
  });
  return { configuration: copy, applied };
}

/** The overrides that took effect nowhere: their reason is gone, so they go too. */
export function unusedOverrides(
  overrides: readonly Override[],
  applied: readonly AppliedOverride[],
): readonly Override[] {
  return overrides.filter((override) => !applied.some((entry) => entry.override === override));
}

/** Paths at which two configurations differ, as {@link AppliedOverride.at} names them. */
export function differences(before: unknown, after: unknown, at: readonly string[] = []): string[] {
  if (Object.is(before, after)) return [];
  if (!isNode(before) || !isNode(after) || Array.isArray(before) !== Array.isArray(after))
    return [at.join("/")];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) =>
    name in before && name in after
      ? differences(before[name], after[name], [...at, name])
      : [[...at, name].join("/")],
  );
}

type Node = Record<string, unknown>;

function nodesAt(
  node: Node,
  parts: readonly string[],
  at: readonly string[],
): { node: Node; at: readonly string[] }[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [{ node, at }];
  const names = part === "*" ? Object.keys(node) : [part];
  return names.flatMap((name) => {
    const child = Object.hasOwn(node, name) ? node[name] : undefined;
    return isNode(child) ? nodesAt(child, rest, [...at, name]) : [];
  });
}

/** True when it changed something. */
function set(node: Node, name: string, value: unknown): boolean {
  if (value === REMOVE) return Object.hasOwn(node, name) && Reflect.deleteProperty(node, name);
  if (JSON.stringify(node[name]) === JSON.stringify(value)) return false;
  node[name] = structuredClone(value);
  return true;
}

/** Objects and lists; a list's indexes are its names. */
function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}
