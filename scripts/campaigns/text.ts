/** A table of Markdown. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string =>
  [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((value) => cell(String(value))).join(" | ")} |`)
    .join("\n");

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** An instant, to the minute. */
export const minute = (at: Date): string =>
  `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
