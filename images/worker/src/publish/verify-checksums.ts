import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Log } from "../log";
import { collectFaults, joinFaults } from "../step/join-faults";
import { listSome, StepError } from "../step/step-error";
import { readThrough, type SourceFile } from "../upload/source-file";
import { parseBatchManifest, type ParsedManifest } from "./batch-manifest";
import { parseChecksumFile, type HashName } from "./checksum-file";
import { pathMatcher } from "./patterns";

/** A checksum file larger than this is no checksum file: a million lines are shorter. */
const MAX_CHECKSUM_FILE_BYTES = 256 * 1024 * 1024;
const BUFFER_BYTES = 1024 * 1024;
/** Two at once: one is read while the other is hashed. */
const AT_ONCE = 2;
const PROGRESS_MS = 5000;

/** What is compared with what. */
export interface ChecksumCheck {
  readonly files: readonly SourceFile[];
  /** Patterns of the partner's checksum files. */
  readonly patterns: readonly string[];
  /** Patterns of the partner's batch manifests. */
  readonly manifests: readonly string[];
  readonly log: Log;
  readonly stop: AbortSignal;
}

interface WantedSum {
  readonly sum: string;
  readonly where: string;
}

type Wanted = Map<HashName, WantedSum>;

/**
 * Compares the delivery with the partner's own checksum files and batch manifests, before anything is published.
 *
 * @returns how many files they cover
 * @throws StepError when a sum differs, a file that is named is missing, or no checksum file or manifest is there although
 * the settings name some: a delivery that lost them looks like one that never had them
 */
export async function verifyChecksums(check: ChecksumCheck): Promise<number> {
  const bad: StepError[] = [];
  const listed = (patterns: readonly string[], what: string, setting: string) =>
    collectFaults(bad, () => matching(check, patterns, what, setting));
  const checksumFiles = await listed(check.patterns, "checksum file", "checksumFiles");
  const manifests = await listed(check.manifests, "batch manifest", "batchManifests");
  const byPath = new Map(check.files.map((file) => [file.path, file]));
  const faults: string[] = [];
  const wanted = new Map<SourceFile, Wanted>();
  for (const file of checksumFiles ?? [])
    faults.push(
      ...collect(
        file,
        { named: [], ...parseChecksumFile(file.path, await readText(file, "checksumFiles")) },
        byPath,
        wanted,
      ),
    );
  for (const file of manifests ?? [])
    faults.push(
      ...collect(file, parseBatchManifest(await readText(file, "batchManifests")), byPath, wanted),
    );
  faults.push(...(await compareAll(check, wanted)));
  if (faults.length > 0)
    bad.push(
      new StepError(
        "badDelivery",
        `the delivery does not agree with its ${checkedBy(check)}: ${listSome(faults.sort())}; nothing was published`,
        { faults },
      ),
    );
  if (bad.length > 0) throw joinFaults(bad);
  return wanted.size;
}

const checkedBy = ({ patterns, manifests }: ChecksumCheck): string =>
  [
    ...(patterns.length > 0 ? ["checksum files"] : []),
    ...(manifests.length > 0 ? ["batch manifests"] : []),
  ].join(" and ");

function matching(
  { files }: ChecksumCheck,
  patterns: readonly string[],
  what: string,
  setting: string,
): readonly SourceFile[] {
  const matchers = patterns.map(pathMatcher);
  const found = files.filter(({ path }) => matchers.some((matches) => matches(path)));
  if (patterns.length > 0 && found.length === 0)
    throw new StepError(
      "badDelivery",
      `the delivery holds no ${what}: none of its ${String(files.length)} files matches ` +
        `${patterns.map((pattern) => JSON.stringify(pattern)).join(", ")}; ` +
        `ask the partner, or correct ${setting}`,
    );
  return found;
}

function collect(
  list: SourceFile,
  { sums, faults, named }: ParsedManifest,
  byPath: ReadonlyMap<string, SourceFile>,
  wanted: Map<SourceFile, Wanted>,
): readonly string[] {
  const shown = JSON.stringify(list.path);
  const all = faults.map((fault) => `${shown}: ${fault}`);
  if (sums.length === 0 && named.length === 0 && faults.length === 0)
    all.push(`${shown}: is empty`);
  const find = (name: string, line: number): SourceFile | undefined => {
    const found = byPath.get(pathOf(list.path, name));
    if (found === undefined)
      all.push(`${shown} line ${String(line)}: ${JSON.stringify(name)} is missing in the delivery`);
    return found;
  };
  for (const { name, line } of named) find(name, line);
  for (const { name, hash, sum, line } of sums) {
    const where = `${shown} line ${String(line)}`;
    const file = find(name, line);
    if (file === undefined) continue;
    const sumsOfFile: Wanted = wanted.get(file) ?? new Map<HashName, WantedSum>();
    const before = sumsOfFile.get(hash);
    if (before !== undefined && before.sum !== sum)
      all.push(`${where}: contradicts ${before.where} about ${JSON.stringify(file.path)}`);
    sumsOfFile.set(hash, { sum, where });
    wanted.set(file, sumsOfFile);
  }
  return all;
}

/** Names are told from where the list lies; those that begin with a slash from the top of the delivery. */
function pathOf(list: string, name: string): string {
  return name.startsWith("/")
    ? posix.normalize(name).replace(/^\/+/u, "")
    : posix.normalize(posix.join(posix.dirname(list), name));
}

async function compareAll(
  { log, stop }: ChecksumCheck,
  wanted: ReadonlyMap<SourceFile, Wanted>,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const queue = [...wanted];
  let bytes = 0;
  const line = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [file, sums] = next;
      const hashes = [...sums.keys()].map((name) => ({ name, hash: createHash(name) }));
      await readThrough(file, buffer, (piece) => {
        stop.throwIfAborted();
        bytes += piece.length;
        for (const { hash } of hashes) hash.update(piece);
      });
      for (const { name, hash } of hashes) {
        const found = hash.digest("hex");
        const { sum, where } = sums.get(name) ?? { sum: "", where: "" };
        if (found !== sum)
          faults.push(
            `${where}: ${JSON.stringify(file.path)} has ${name} ${found}, expected ${sum}`,
          );
      }
    }
  };
  const timer = setInterval(() => {
    log.info(
      `comparing checksums: ${String(wanted.size - queue.length)} of ${String(wanted.size)} files`,
      { bytes },
    );
  }, PROGRESS_MS);
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, line));
  } finally {
    clearInterval(timer);
  }
  return faults;
}

async function readText(file: SourceFile, setting: string): Promise<string> {
  const { size } = file.identity;
  if (size > MAX_CHECKSUM_FILE_BYTES)
    throw new StepError(
      "badDelivery",
      `${JSON.stringify(file.path)} is among ${setting} and has ${String(size)} bytes; ` +
        `correct ${setting} so that it names lists of files only`,
    );
  const pieces: Buffer[] = [];
  const buffer = Buffer.allocUnsafeSlow(Math.min(BUFFER_BYTES, Math.max(1, size)));
  await readThrough(file, buffer, (piece) => pieces.push(Buffer.from(piece)));
  return Buffer.concat(pieces).toString("utf8");
}
