import type { NameEncoding } from "../../../../../modules/contract";
import type { Archive, EntrySink } from "../archive";
import type { ArchiveEntry } from "../archive-entry";
import { archiveFault } from "../archive-fault";
import { entryFaults, tooMany, type EntryRules } from "../check-entries";
import {
  checkedPieces,
  contentFault,
  inflatePieces,
  inflateWhole,
  requireContent,
} from "../content";
import { freeMemory } from "../free-memory";
import { RangeReader, type Span } from "../range-reader";
import type { RangeSource } from "../range-source";
import { checkLayout } from "./check-layout";
import { findDirectory } from "./find-directory";
import { LOCAL_HEADER_BYTES, localHeaderLength, requireSameHeader } from "./local-header";
import { parseDirectory } from "./parse-directory";
import type { ZipEntry } from "./zip-entry";

/** Longest header of an entry: its fixed part, a name and extra fields. */
const HEADER_MAX = LOCAL_HEADER_BYTES + 2 * 0xffff;

/** What opening a zip needs to know. */
export interface ZipOptions extends EntryRules {
  readonly nameEncoding: NameEncoding;
}

/**
 * Reads and checks the directory of a zip.
 *
 * @throws StepError with every fault
 */
export async function openZip(source: RangeSource, options: ZipOptions): Promise<Archive> {
  const directory = await findDirectory(source, (entries) => {
    if (entries > options.limits.maxEntries)
      throw archiveFault([tooMany(entries, options.limits.maxEntries)]);
  });
  const { entries, directories, faults } = parseDirectory(directory, options.nameEncoding);
  if (faults.length > 0) throw archiveFault(faults);
  const layout = checkLayout(entries, directory.offset);
  const folders = new Set(directories);
  const all = [
    ...layout.faults,
    ...entries
      .filter(({ path }) => folders.has(path))
      .map(({ path }) => `${JSON.stringify(path)} is a file and a directory`),
    ...entryFaults(entries, source.size, options),
  ];
  if (all.length > 0) throw archiveFault(all);
  return {
    kind: "zip",
    entries,
    verified: false,
    unpack: (wanted, sink) => unpackZip(source, layout.sorted.filter(wanted), sink),
  };
}

async function unpackZip(
  source: RangeSource,
  entries: readonly ZipEntry[],
  sink: EntrySink,
): Promise<void> {
  const reader = new RangeReader(source, spansOf(entries));
  for (const entry of entries) {
    const at = await contentOf(reader, entry);
    if (Math.max(entry.size, entry.packedSize) <= sink.wholeBytes)
      await whole(reader, entry, at, sink);
    else await stream(reader, entry, at, sink);
  }
  await sink.finish();
}

function* spansOf(entries: readonly ZipEntry[]): Generator<Span> {
  for (const { offset, until, packedSize } of entries)
    yield { start: offset, end: Math.min(until, offset + HEADER_MAX + packedSize) };
}

/** Where the content of an entry begins, behind its own header. */
async function contentOf(reader: RangeReader, entry: ZipEntry): Promise<number> {
  const room = entry.until - entry.offset;
  const fixed = Buffer.alloc(LOCAL_HEADER_BYTES);
  await reader.copy(entry.offset, fixed);
  const length = localHeaderLength(fixed);
  if (length + entry.packedSize > room)
    throw contentFault(entry, "reaches into what follows it, by its own header");
  const header = Buffer.alloc(length);
  fixed.copy(header);
  await reader.copy(entry.offset + LOCAL_HEADER_BYTES, header.subarray(LOCAL_HEADER_BYTES));
  requireSameHeader(entry, header);
  return entry.offset + length;
}

async function whole(
  reader: RangeReader,
  entry: ZipEntry,
  at: number,
  sink: EntrySink,
): Promise<void> {
  const release = await sink.admit(entry.size + entry.packedSize);
  const packed = Buffer.allocUnsafe(entry.packedSize);
  try {
    await reader.copy(at, packed);
  } catch (error) {
    release();
    throw error;
  }
  const content = entry.method === 0 ? Promise.resolve(packed) : inflated(entry, packed);
  sink.whole(
    entry,
    content.then((bytes) => requireContent(entry, bytes)),
    release,
  );
}

async function inflated(entry: ArchiveEntry, packed: Buffer): Promise<Buffer> {
  const content = await inflateWhole(entry, packed);
  freeMemory(packed);
  return content;
}

async function stream(
  reader: RangeReader,
  entry: ZipEntry,
  at: number,
  sink: EntrySink,
): Promise<void> {
  const pieces = reader.pieces(at, entry.packedSize);
  await sink.stream(
    entry,
    checkedPieces(entry, entry.method === 0 ? pieces : inflatePieces(entry, pieces)),
  );
}
