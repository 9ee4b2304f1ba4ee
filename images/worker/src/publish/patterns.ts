/**
 * Makes a test for paths out of a file name pattern: `*` and `?` stop at `/`, `**` does not. A pattern without `/`
 * is compared with the name alone, in whatever directory the file is.
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const source = pattern
    .split(/(\*\*\/|\*\*|\*|\?)/u)
    .map((piece) => WILDCARDS[piece] ?? piece.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&"))
    .join("");
  const whole = new RegExp(`^${source}$`, "u");
  return pattern.includes("/")
    ? (path) => whole.test(path)
    : (path) => whole.test(path.slice(path.lastIndexOf("/") + 1));
}

const WILDCARDS: Readonly<Record<string, string>> = {
  "**/": "(?:.*/)?",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]",
};
