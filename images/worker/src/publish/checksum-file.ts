/** A hash function that checksum files use. */
export type HashName = "md5" | "sha1" | "sha256" | "sha512";

/** What a checksum file says of a file. */
export interface ExpectedSum {
  /** Path as the checksum file gives it. */
  readonly name: string;
  readonly hash: HashName;
  /** Lower-case hex. */
  readonly sum: string;
  /** Line of the checksum file. */
  readonly line: number;
}

/** Result of {@link parseChecksumFile}. */
export interface ParsedSums {
  readonly sums: readonly ExpectedSum[];
  readonly faults: readonly string[];
}

const BY_LENGTH: Readonly<Record<number, HashName>> = {
  32: "md5",
  40: "sha1",
  64: "sha256",
  128: "sha512",
};

/** `<sum>  name`, `<sum> *name`; a backslash in front says that the name is escaped. Some put one blank only. */
const COREUTILS = /^(\\?)([0-9a-fA-F]{32,128})(?: [ *]|[ \t])(.*\S.*)$/su;
/** `SHA256 (name) = <sum>` */
const TAGGED = /^(\\?)(MD5|SHA1|SHA256|SHA512) ?\((.+)\) ?= ?([0-9a-fA-F]{32,128})$/su;
/** The sum alone, in a file that is named after what it covers. */
const BARE = /^[0-9a-fA-F]{32,128}$/u;

/**
 * Reads a checksum file as `md5sum`, `sha256sum` and their like write it, in plain or tagged form, also with the line
 * ends of other systems.
 *
 * @param path - of the checksum file: one that holds a sum only covers the file of its own name without the extension
 */
export function parseChecksumFile(path: string, content: string): ParsedSums {
  const sums: ExpectedSum[] = [];
  const faults: string[] = [];
  const lines = content.replace(/^\uFEFF/u, "").split(/\r?\n/u);
  lines.forEach((text, index) => {
    if (text.trim() === "" || text.startsWith("#") || text.startsWith(";")) return;
    const found = parseLine(path, text);
    if (found === undefined)
      faults.push(`line ${String(index + 1)} is no checksum: ${JSON.stringify(text.slice(0, 80))}`);
    else sums.push({ ...found, line: index + 1 });
  });
  return { sums, faults };
}

function parseLine(path: string, text: string): Omit<ExpectedSum, "line"> | undefined {
  const tagged = TAGGED.exec(text);
  if (tagged !== null) {
    const [, escaped = "", tag = "", name = "", sum = ""] = tagged;
    const hash = BY_LENGTH[sum.length];
    // The tag is checked against the length: a sum of another kind would never be equal.
    return hash === tag.toLowerCase()
      ? { name: unescape(name, escaped), hash, sum: lower(sum) }
      : undefined;
  }
  const plain = COREUTILS.exec(text);
  if (plain !== null) {
    const [, escaped = "", sum = "", name = ""] = plain;
    const hash = BY_LENGTH[sum.length];
    return hash === undefined
      ? undefined
      : { name: unescape(name, escaped), hash, sum: lower(sum) };
  }
  const sum = text.trim();
  const hash = BY_LENGTH[sum.length];
  const name = coveredName(path);
  if (!BARE.test(sum) || hash === undefined || name === undefined) return undefined;
  return { name, hash, sum: lower(sum) };
}

function coveredName(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : undefined;
}

function unescape(name: string, escaped: string): string {
  if (escaped === "") return name;
  const meanings: Readonly<Record<string, string>> = { n: "\n", r: "\r", "\\": "\\" };
  return name.replace(/\\(.)/gu, (whole, letter: string) => meanings[letter] ?? whole);
}

function lower(sum: string): string {
  return sum.toLowerCase();
}
