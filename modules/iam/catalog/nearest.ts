import { actionsOf, catalogServices } from "./catalog";

/** Names of actions that a wrong one may have been meant to be, the nearest first; at most three. */
export function nearestActions(name: string): readonly string[] {
  const [service = "", action = ""] = name.split(":");
  const prefixes =
    actionsOf(service) === undefined ? nearest(service, catalogServices(), 2) : [service];
  const names = prefixes.flatMap((prefix) => (actionsOf(prefix) ?? []).map((info) => info.name));
  return nearest(`${prefixes[0] ?? service}:${action}`, names, Math.max(3, action.length / 3));
}

function nearest(wanted: string, names: readonly string[], most: number): readonly string[] {
  return names
    .map((name) => ({ name, distance: editDistance(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** How many characters must be put in, taken out or changed. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
