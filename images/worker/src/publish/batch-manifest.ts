import type { ExpectedSum, HashName, ParsedSums } from "./checksum-file";
import { parseXml, type XmlElement } from "./xml";

/** A file that a manifest names without a checksum: it has to be there. */
export interface NamedFile {
  readonly name: string;
  readonly line: number;
}

/** Result of {@link parseBatchManifest}. */
export interface ParsedManifest extends ParsedSums {
  readonly named: readonly NamedFile[];
}

/** Elements that tell where a file of the batch lies, in DDEX's manifests and messages of all versions. */
const NAMES = ["URI", "URL", "FileURI", "FileName"];
/** Elements that stand for a file, with or without a checksum. */
const FILES = new Set(["File", "MessageInBatch"]);

const HASHES: Readonly<Record<string, HashName>> = {
  MD5: "md5",
  SHA1: "sha1",
  SHA256: "sha256",
  SHA512: "sha512",
};

const LENGTHS: Readonly<Record<HashName, number>> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 };

/**
 * Reads a batch manifest in the form that DDEX's choreographies use: an XML document that names files, each with a hash
 * sum and its algorithm. Messages of releases name their resources in the same way.
 *
 * @see https://service.ddex.net/dd/ERN-CHOR/
 */
export function parseBatchManifest(content: string): ParsedManifest {
  const found: { sums: ExpectedSum[]; faults: string[]; named: NamedFile[] } = {
    sums: [],
    faults: [],
    named: [],
  };
  let top: XmlElement;
  try {
    top = parseXml(content);
  } catch (error) {
    return { ...found, faults: [`can not be read as XML: ${(error as Error).message}`] };
  }
  const waiting = [top];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    collect(next, found);
    waiting.push(...next.children);
  }
  found.sums.sort((a, b) => a.line - b.line);
  return found;
}

function collect(
  element: XmlElement,
  found: { sums: ExpectedSum[]; faults: string[]; named: NamedFile[] },
): void {
  const name = fileName(element);
  const sums = element.children.filter((child) => child.name === "HashSum");
  if (name === undefined) {
    // A hash sum within a hash sum is its value.
    if (sums.length > 0 && element.name !== "HashSum")
      found.faults.push(`line ${String(element.line)} has a hash sum and names no file`);
    return;
  }
  if (sums.length === 0) {
    if (FILES.has(element.name)) found.named.push(name);
    return;
  }
  for (const sum of sums) {
    const read = readSum(sum);
    if (typeof read === "string")
      found.faults.push(`line ${String(sum.line)}: ${JSON.stringify(name.name)} ${read}`);
    else found.sums.push({ ...name, ...read });
  }
}

function fileName({ children }: XmlElement): NamedFile | undefined {
  const named = NAMES.flatMap((wanted) => children.find(({ name }) => name === wanted) ?? [])[0];
  if (named === undefined) return undefined;
  const directory = named.name === "FileName" ? textOf(children, "FilePath") : undefined;
  const name = named.text.trim();
  return {
    name: directory === undefined ? name : `${directory.replace(/\/+$/u, "")}/${name}`,
    line: named.line,
  };
}

function readSum(sum: XmlElement): Pick<ExpectedSum, "hash" | "sum"> | string {
  const value = (
    textOf(sum.children, "HashSumValue") ??
    textOf(sum.children, "HashSum") ??
    ""
  ).trim();
  const algorithm = (
    textOf(sum.children, "Algorithm") ??
    textOf(sum.children, "HashSumAlgorithmType") ??
    ""
  ).trim();
  const hash = HASHES[algorithm.toUpperCase().replace(/[-_ ]/gu, "")];
  if (hash === undefined)
    return `has a hash sum of the algorithm ${JSON.stringify(algorithm)}, known are MD5, SHA1, SHA256 and SHA512`;
  if (!/^[0-9a-f]+$/iu.test(value) || value.length !== LENGTHS[hash])
    return `has the hash sum ${JSON.stringify(value.slice(0, 140))}, which is no ${hash} in hex`;
  return { hash, sum: value.toLowerCase() };
}

function textOf(children: readonly XmlElement[], wanted: string): string | undefined {
  return children.find(({ name }) => name === wanted)?.text.trim();
}
