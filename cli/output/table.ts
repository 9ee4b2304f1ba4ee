import { stripVTControlCharacters } from "node:util";

/** Lays rows out in columns, two spaces between them. Colours do not count for the width. */
export function table(rows: readonly (readonly string[])[], indent = ""): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, width(cell));
    });
  return rows
    .map((row) =>
      `${indent}${row
        .map((cell, index) => cell + " ".repeat((widths[index] ?? 0) - width(cell)))
        .join("  ")}`.trimEnd(),
    )
    .join("\n");
}

/** Columns that a text takes on a terminal: East Asian wide characters take two, marks none. */
function width(text: string): number {
  let columns = 0;
  for (const character of stripVTControlCharacters(text).normalize("NFC")) {
    if (/\p{Mark}/u.test(character)) continue;
    columns +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}
