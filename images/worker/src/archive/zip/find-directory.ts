import { archiveFault } from "../archive-fault";
import { MAX_DIRECTORY_BYTES } from "../limits";
import { RANGE_BYTES, type RangeSource } from "../range-source";

const END = 0x06054b50;
const END_BYTES = 22;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const LOCATOR = 0x07064b50;
const LOCATOR_BYTES = 20;
const MAX16 = 0xffff;
const MAX32 = 0xffffffff;
const TAIL_BYTES = 1024 * 1024;

/** Where the directory of a zip is, and its bytes. */
export interface ZipDirectory {
  readonly entries: number;
  readonly offset: number;
  readonly bytes: Buffer;
}

interface Place {
  readonly entries: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * Finds and reads the directory of a zip: one request for the end of the file, more only for what does not lie there.
 *
 * @param admit - is told the number of entries before the directory is read
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function findDirectory(
  source: RangeSource,
  admit: (entries: number) => void,
): Promise<ZipDirectory> {
  const tail = Buffer.allocUnsafeSlow(Math.min(source.size, TAIL_BYTES));
  const tailAt = source.size - tail.length;
  await source.read(tailAt, tail);
  const end = findEnd(tail);
  const place = await readEnd(source, tail, tailAt, end);
  if (place.size > MAX_DIRECTORY_BYTES)
    throw archiveFault([
      `its directory has ${String(place.size)} bytes, more than ${String(MAX_DIRECTORY_BYTES)}`,
    ]);
  if (place.entries * 46 > place.size)
    throw archiveFault([
      `its directory of ${String(place.size)} bytes can not hold the ${String(place.entries)} entries that its end tells`,
    ]);
  admit(place.entries);
  return {
    entries: place.entries,
    offset: place.offset,
    bytes: await readPlace(source, place, tail, tailAt),
  };
}

/** The end record must be the only one that reaches the end of the file: readers that look otherwise see another zip. */
function findEnd(tail: Buffer): number {
  const found: number[] = [];
  const first = Math.max(0, tail.length - END_BYTES - MAX16);
  for (let at = tail.length - END_BYTES; at >= first; at -= 1)
    if (
      tail[at] === 0x50 &&
      tail.readUInt32LE(at) === END &&
      at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length
    )
      found.push(at);
  if (found.length > 1)
    throw archiveFault(["it has several end records, and could be read in several ways"]);
  const [at] = found;
  if (at === undefined)
    throw archiveFault(["it is no zip or was cut off: there is no end record at its end"]);
  return at;
}

async function readEnd(
  source: RangeSource,
  tail: Buffer,
  tailAt: number,
  end: number,
): Promise<Place> {
  if (
    tail.readUInt16LE(end + 4) % MAX16 !== 0 ||
    tail.readUInt16LE(end + 6) % MAX16 !== 0 ||
    tail.readUInt16LE(end + 8) !== tail.readUInt16LE(end + 10)
  )
    throw archiveFault(["it is one of several parts"]);
  const place: Place = {
    entries: tail.readUInt16LE(end + 10),
    size: tail.readUInt32LE(end + 12),
    offset: tail.readUInt32LE(end + 16),
  };
  const locator = end - LOCATOR_BYTES;
  const has64 = locator >= 0 && tail.readUInt32LE(locator) === LOCATOR;
  if (!has64) return requireUpTo(place, tailAt + end);
  const { at, place: place64 } = await readEnd64(source, tail, tailAt, locator);
  const differs =
    (place.entries !== MAX16 && place.entries !== place64.entries) ||
    (place.size !== MAX32 && place.size !== place64.size) ||
    (place.offset !== MAX32 && place.offset !== place64.offset);
  if (differs) throw archiveFault(["its two end records contradict each other"]);
  return requireUpTo(place64, at);
}

async function readEnd64(
  source: RangeSource,
  tail: Buffer,
  tailAt: number,
  locator: number,
): Promise<{ readonly at: number; readonly place: Place }> {
  if (tail.readUInt32LE(locator + 4) !== 0 || tail.readUInt32LE(locator + 16) > 1)
    throw archiveFault(["it is one of several parts"]);
  const at = number64(tail, locator + 8);
  if (at + END64_BYTES > tailAt + locator)
    throw archiveFault(["its zip64 end record is not where the locator says"]);
  const record = Buffer.alloc(END64_BYTES);
  if (at >= tailAt) tail.copy(record, 0, at - tailAt);
  else await source.read(at, record);
  if (record.readUInt32LE(0) !== END64 || at + 12 + number64(record, 4) !== tailAt + locator)
    throw archiveFault(["its zip64 end record is not where the locator says"]);
  const entries = number64(record, 32);
  if (
    record.readUInt32LE(16) !== 0 ||
    record.readUInt32LE(20) !== 0 ||
    number64(record, 24) !== entries
  )
    throw archiveFault(["it is one of several parts"]);
  return { at, place: { entries, size: number64(record, 40), offset: number64(record, 48) } };
}

function requireUpTo(place: Place, end: number): Place {
  if (place.offset + place.size !== end)
    throw archiveFault([
      `its directory does not end where its end record begins: ` +
        `${String(place.size)} bytes from ${String(place.offset)}, the end record is at ${String(end)}`,
    ]);
  return place;
}

async function readPlace(
  source: RangeSource,
  place: Place,
  tail: Buffer,
  tailAt: number,
): Promise<Buffer> {
  if (place.offset >= tailAt)
    return tail.subarray(place.offset - tailAt, place.offset - tailAt + place.size);
  const bytes = Buffer.allocUnsafeSlow(place.size);
  const missing = Math.min(place.size, tailAt - place.offset);
  const reads: Promise<void>[] = [];
  for (let at = 0; at < missing; at += RANGE_BYTES)
    reads.push(
      source.read(place.offset + at, bytes.subarray(at, Math.min(missing, at + RANGE_BYTES))),
    );
  await Promise.all(reads);
  tail.copy(bytes, missing, 0, place.size - missing);
  return bytes;
}

/** A 64-bit number; those that are no safe integers are larger than any object and become a fault of a later check. */
export function number64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}
