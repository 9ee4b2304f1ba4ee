import type { ZipEntry } from "./zip-entry";

const LOCAL_BYTES = 30;

/**
 * Sorts entries by where they lie, tells each where the next one begins, and finds those that share bytes with another or with the directory: a few bytes that
 * many entries share become a bomb.
 */
export function checkLayout(
  entries: readonly ZipEntry[],
  directoryAt: number,
): { readonly sorted: readonly ZipEntry[]; readonly faults: readonly string[] } {
  const sorted = inOrder(entries) ? entries : [...entries].sort((a, b) => a.offset - b.offset);
  const faults: string[] = [];
  sorted.forEach((entry, index) => {
    const end = entry.offset + LOCAL_BYTES + entry.nameBytes + entry.packedSize;
    const next = sorted[index + 1];
    entry.until = next?.offset ?? directoryAt;
    if (end > directoryAt) faults.push(`${JSON.stringify(entry.path)} reaches into the directory`);
    else if (next !== undefined && end > next.offset)
      faults.push(`${JSON.stringify(entry.path)} overlaps with ${JSON.stringify(next.path)}`);
  });
  return { sorted, faults };
}

/** As nearly all tools write them. */
function inOrder(entries: readonly ZipEntry[]): boolean {
  return entries.every(({ offset }, index) => offset >= (entries[index - 1]?.offset ?? 0));
}
