/**
 * Orders steps so that what a step comes after stands before it; of those that could be next, the first by name.
 * Steps that wait for themselves were refused when the partner was defined.
 */
export function submissionOrder<T extends { readonly after: readonly string[] }>(
  steps: Readonly<Record<string, T>>,
): [name: string, step: T][] {
  const waiting = Object.entries(steps).sort(([a], [b]) => (a < b ? -1 : 1));
  const ordered: [string, T][] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(([, { after }]) =>
      after.every((before) => ordered.some(([name]) => name === before)),
    );
    if (next < 0)
      throw new Error(`steps wait for each other: ${waiting.map(([n]) => n).join(", ")}`);
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}
