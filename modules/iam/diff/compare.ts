import { arnIncludes, includes } from "../glob";
import { conditionText, impliesAll } from "../scan/conditions";
import type { Atom } from "./atoms";

/** How a permission differs. */
export type ChangeKind =
  | "added"
  | "removed"
  | "widened"
  | "narrowed"
  | "condition-added"
  | "condition-removed"
  | "condition-changed";

/** A permission that differs; both where one became the other. */
export interface AtomChange {
  readonly kind: ChangeKind;
  readonly before?: Atom;
  readonly after?: Atom;
}

/** Compares two lists of permissions by what they stand for: inclusion both ways. */
export function compareAtoms(before: readonly Atom[], after: readonly Atom[]): AtomChange[] {
  const old = byAction(before);
  const now = byAction(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .flatMap((key) => compareOne(old.get(key) ?? [], now.get(key) ?? []));
}

function compareOne(before: readonly Atom[], after: readonly Atom[]): AtomChange[] {
  const fresh = after.filter((atom) => !before.some((other) => covers(other, atom)));
  const gone = before.filter((atom) => !after.some((other) => covers(other, atom)));
  const changed = new Set<Atom>();
  const added = fresh.map((atom): AtomChange => {
    const inner = before.find((other) => covers(atom, other));
    if (inner !== undefined) {
      const same = includes(inner.resource, atom.resource);
      return { kind: same ? "condition-removed" : "widened", before: inner, after: atom };
    }
    const twin = gone.find((other) => !changed.has(other) && other.resource === atom.resource);
    if (twin === undefined) return { kind: "added", after: atom };
    changed.add(twin);
    return { kind: "condition-changed", before: twin, after: atom };
  });
  const removed = gone
    .filter((atom) => !changed.has(atom))
    .flatMap((atom): AtomChange[] => {
      const inner = after.find((other) => covers(atom, other));
      if (inner === undefined) return [{ kind: "removed", before: atom }];
      const same = includes(inner.resource, atom.resource);
      return [{ kind: same ? "condition-added" : "narrowed", before: atom, after: inner }];
    });
  return [...added, ...removed];
}

/** Whether every request that `inner` is about is one that `outer` is about; `false` where that is not clear. */
export function covers(outer: Atom, inner: Atom): boolean {
  return (
    resourceCovers(outer.resource, inner.resource) && impliesAll(inner.conditions, outer.conditions)
  );
}

function resourceCovers(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  if (outer.startsWith("not ") || inner.startsWith("not ")) return false;
  return includes(outer, inner) || arnIncludes(outer, inner);
}

/** Permissions of one action, for one caller, of one effect. */
function byAction(atoms: readonly Atom[]): ReadonlyMap<string, readonly Atom[]> {
  const found = new Map<string, Map<string, Atom>>();
  for (const atom of atoms) {
    const key = [atom.effect, atom.who ?? "", atom.action].join("\n");
    const group = found.get(key) ?? new Map<string, Atom>();
    group.set([atom.resource, ...conditionTexts(atom)].join("\n"), atom);
    found.set(key, group);
  }
  return new Map([...found].map(([key, group]) => [key, [...group.values()]]));
}

/** The conditions of a permission for people, in a fixed order. */
export const conditionTexts = ({ conditions }: Atom): readonly string[] =>
  conditions.map(conditionText).sort();
