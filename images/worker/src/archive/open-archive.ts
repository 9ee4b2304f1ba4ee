import type { NameEncoding } from "../../../../modules/contract";
import type { Archive } from "./archive";
import { archiveFault } from "./archive-fault";
import type { EntryRules } from "./check-entries";
import { gzHead, openGz } from "./open-gz";
import type { RangeSource } from "./range-source";
import { openTar } from "./tar/open-tar";
import { openZip } from "./zip/open-zip";

/** What opening an archive needs to know. */
export interface OpenOptions extends EntryRules {
  readonly nameEncoding: NameEncoding;
  /** Name for the one file of a `.gz` that holds no tar. */
  readonly singleName?: string | undefined;
}

/**
 * Opens an archive by what its first bytes are, never by its name.
 *
 * @throws StepError with every fault that its lists tell
 */
export async function openArchive(source: RangeSource, options: OpenOptions): Promise<Archive> {
  const head = Buffer.alloc(Math.min(source.size, 512));
  if (head.length > 0) await source.read(0, head);
  if (head[0] === 0x1f && head[1] === 0x8b) return openGzip(source, options);
  if (isTar(head)) return openTar(source, options, "plain");
  if (head.toString("latin1", 0, 2) === "PK") return openZip(source, options);
  throw archiveFault(["it is no zip, no tar and no gz, by its first bytes"]);
}

/** A tar of an old form has no mark: there the name says it, or nobody knows a name for a single file. */
async function openGzip(source: RangeSource, options: OpenOptions): Promise<Archive> {
  const { singleName } = options;
  if (
    singleName === undefined ||
    /\.(?:tar|tgz)$/iu.test(singleName) ||
    isTar(await gzHead(source, 512))
  )
    return openTar(source, options, "gzip");
  return openGz(source, options, singleName);
}

/** The mark of POSIX and GNU tar. Older forms have none, and can not be told from any other bytes. */
function isTar(head: Buffer): boolean {
  return head.length >= 262 && head.toString("latin1", 257, 262) === "ustar";
}
