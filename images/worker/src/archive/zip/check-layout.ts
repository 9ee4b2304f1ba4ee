import type { ZipEntry } from "./zip-entry";

const LOCAL_BYTES = 30;

/**
 * Sorts entries by where they lie, and finds those that share bytes with another or with the directory: a few bytes that
 * many entries share become a bomb.
 */
export function checkLayout(
  entries: readonly ZipEntry[],
  directoryAt: number,
): { readonly sorted: readonly ZipEntry[]; readonly faults: readonly string[] } {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  const faults: string[] = [];
  sorted.forEach((entry, index) => {
    const end = entry.offset + LOCAL_BYTES + entry.rawName.length + entry.packedSize;
    const next = sorted[index + 1];
    const shown = JSON.stringify(entry.path);
    if (end > directoryAt) faults.push(`${shown} reaches into the directory`);
    else if (next !== undefined && end > next.offset)
      faults.push(`${shown} overlaps with ${JSON.stringify(next.path)}`);
  });
  return { sorted, faults };
}
