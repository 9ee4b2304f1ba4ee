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
import { RangeReader } from "../range-reader";
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

/** An entry with the place at which the next one, or the directory, begins. */
interface Placed extends ZipEntry {
  readonly until: number;
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
  const files = new Set(entries.map(({ path }) => path));
  const all = [
    ...layout.faults,
    ...directories
      .filter((path) => files.has(path))
      .map((path) => `${JSON.stringify(path)} is a file and a directory`),
    ...entryFaults(entries, source.size, options),
  ];
  if (all.length > 0) throw archiveFault(all);
  const placed = layout.sorted.map((entry, index) => ({
    ...entry,
    until: layout.sorted[index + 1]?.offset ?? directory.offset,
  }));
  return {
    kind: "zip",
    entries,
    verified: false,
    unpack: (wanted, sink) => unpackZip(source, placed.filter(wanted), sink),
  };
}

async function unpackZip(
  source: RangeSource,
  entries: readonly Placed[],
  sink: EntrySink,
): Promise<void> {
  const reader = new RangeReader(
    source,
    entries.map(({ offset, until, packedSize }) => ({
      start: offset,
      end: Math.min(until, offset + HEADER_MAX + packedSize),
    })),
  );
  for (const entry of entries) {
    const at = await contentOf(reader, entry);
    if (Math.max(entry.size, entry.packedSize) <= sink.wholeBytes)
      await whole(reader, entry, at, sink);
    else await stream(reader, entry, at, sink);
  }
  await sink.finish();
}

/** Where the content of an entry begins, behind its own header. */
async function contentOf(reader: RangeReader, entry: Placed): Promise<number> {
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
  entry: Placed,
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
  entry: ZipEntry & ArchiveEntry,
  at: number,
  sink: EntrySink,
): Promise<void> {
  const pieces = reader.pieces(at, entry.packedSize);
  await sink.stream(
    entry,
    checkedPieces(entry, entry.method === 0 ? pieces : inflatePieces(entry, pieces)),
  );
}
