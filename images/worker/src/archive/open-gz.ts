import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip } from "node:zlib";
import { crc32Of } from "../upload/crc32";
import type { Archive, EntrySink } from "./archive";
import type { ArchiveEntry } from "./archive-entry";
import { archiveFault } from "./archive-fault";
import { entryFaults, type EntryRules } from "./check-entries";
import { checkedPieces, requireContent } from "./content";
import { entryPath } from "./entry-path";
import { RANGE_BYTES, type RangeSource } from "./range-source";
import { wholeSource } from "./whole-source";

const HEAD_BYTES = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads a gz with one file once from begin to end: what it says of its size is the remainder of 4 GiB and of its last part
 * only. Unpacking reads it a second time.
 *
 * @param name - the file's path; what a gz itself tells is often the name of something temporary
 */
export async function openGz(
  source: RangeSource,
  rules: EntryRules,
  name: string,
): Promise<Archive> {
  const checked = entryPath(name);
  if ("fault" in checked) throw archiveFault([checked.fault]);
  const most = Math.min(rules.limits.maxEntryBytes, rules.limits.maxTotalBytes);
  let size = 0;
  let crc = 0;
  for await (const piece of gunzipped(source)) {
    size += piece.length;
    crc = crc32Of(piece, crc);
    // Told before a bomb is inflated to its end.
    if (size > most)
      throw archiveFault([
        `it unpacks to more than ${String(most)} bytes; raise limits.entryGib or limits.totalGib if that is right`,
      ]);
  }
  const entry: ArchiveEntry = { path: checked.path, size, crc, packedSize: source.size };
  const faults = entryFaults([entry], source.size, rules);
  if (faults.length > 0) throw archiveFault(faults);
  return {
    kind: "gz",
    entries: [entry],
    verified: true,
    unpack: (wanted, sink) => (wanted(entry) ? unpackGz(source, entry, sink) : sink.finish()),
  };
}

async function unpackGz(source: RangeSource, entry: ArchiveEntry, sink: EntrySink): Promise<void> {
  if (entry.size > sink.wholeBytes)
    await sink.stream(entry, checkedPieces(entry, gunzipped(source)));
  else {
    const release = await sink.admit(entry.size);
    try {
      const pieces: Buffer[] = [];
      for await (const piece of checkedPieces(entry, gunzipped(source))) pieces.push(piece);
      const content = requireContent(entry, Buffer.concat(pieces));
      sink.whole(entry, Promise.resolve(content), release);
    } catch (error) {
      release();
      throw error;
    }
  }
  await sink.finish();
}

async function* gunzipped(source: RangeSource): AsyncGenerator<Buffer> {
  const bytes = Readable.from(wholeSource(source), {
    objectMode: false,
    highWaterMark: RANGE_BYTES,
  });
  const engine = createGunzip({ chunkSize: CHUNK_BYTES });
  const sent = pipeline(bytes, engine);
  // Told by the loop; here it would only be told twice.
  sent.catch(() => undefined);
  try {
    for await (const piece of engine) yield piece as Buffer;
  } catch (error) {
    const { code = "", message = "" } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
    throw code.startsWith("Z_") ? archiveFault([`it is damaged (${message})`]) : error;
  } finally {
    engine.destroy();
    bytes.destroy();
    await sent.catch(() => undefined);
  }
}

/** The first bytes of what a gz holds; fewer where it is damaged, which reading it tells. */
export async function gzHead(source: RangeSource, wanted: number): Promise<Buffer> {
  const packed = Buffer.alloc(Math.min(source.size, HEAD_BYTES));
  await source.read(0, packed);
  const engine = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  engine.end(packed);
  let head = Buffer.alloc(0);
  try {
    for await (const piece of engine) {
      head = Buffer.concat([head, piece as Buffer]);
      if (head.length >= wanted) break;
    }
  } catch {
    return head;
  }
  return head;
}
