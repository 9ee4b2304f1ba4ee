import type { NameEncoding } from "../../../../../modules/contract";
import { archiveFault } from "../archive-fault";
import { entryPath } from "../entry-path";
import { decodeName } from "./entry-name";
import { readExtra } from "./extra-fields";
import { number64, type ZipDirectory } from "./find-directory";
import { ZipEntry, type ZipFacts } from "./zip-entry";

const HEADER = 0x02014b50;
const HEADER_BYTES = 46;
const MAX32 = 0xffffffff;

/** Enough faults to understand what is wrong: a hostile directory could have a million. */
const MAX_FAULTS = 50;

/** What a directory lists. */
export interface ParsedDirectory {
  readonly entries: readonly ZipEntry[];
  /** Directories of their own take no place in a bucket, but no file may lie where they are. */
  readonly directories: readonly string[];
  readonly faults: readonly string[];
}

/**
 * Reads every header of a directory, and checks what each says.
 *
 * @throws StepError when the directory itself is damaged, so that nothing in it can be trusted
 */
export function parseDirectory(
  { bytes, entries: count }: ZipDirectory,
  encoding: NameEncoding,
): ParsedDirectory {
  const entries: ZipEntry[] = [];
  const directories: string[] = [];
  const faults: string[] = [];
  let at = 0;
  for (let index = 0; index < count && faults.length < MAX_FAULTS; index += 1) {
    if (at + HEADER_BYTES > bytes.length || bytes.readUInt32LE(at) !== HEADER)
      throw damaged(`there is no header of entry ${String(index + 1)} of ${String(count)}`);
    const nameEnd = at + HEADER_BYTES + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const next = extraEnd + bytes.readUInt16LE(at + 32);
    if (next > bytes.length)
      throw damaged(`the header of entry ${String(index + 1)} reaches beyond the directory`);
    const rawName = bytes.subarray(at + HEADER_BYTES, nameEnd);
    const read = readHeader(bytes, at, rawName, bytes.subarray(nameEnd, extraEnd), encoding);
    if ("fault" in read) faults.push(read.fault);
    else if ("directory" in read) directories.push(read.directory);
    else entries.push(new ZipEntry(read, bytes, at + HEADER_BYTES, rawName.length));
    at = next;
  }
  if (faults.length === 0 && at !== bytes.length)
    throw damaged(`it holds more than the ${String(count)} entries that its end tells`);
  return { entries, directories, faults };
}

type Read = ZipFacts | { readonly directory: string } | { readonly fault: string };

function readHeader(
  bytes: Buffer,
  at: number,
  rawName: Buffer,
  extraBytes: Buffer,
  encoding: NameEncoding,
): Read {
  const flags = bytes.readUInt16LE(at + 8);
  const method = bytes.readUInt16LE(at + 10);
  const short = {
    packedSize: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    offset: bytes.readUInt32LE(at + 42),
  };
  const latin = JSON.stringify(rawName.toString("latin1").slice(0, 120));
  const extra = readExtra(extraBytes);
  if (extra === undefined) return { fault: `${latin} has damaged extra fields` };
  const decoded = decodeName(rawName, flags, extra.unicodePath, encoding);
  if ("fault" in decoded) return decoded;
  const { name } = decoded;
  const shown = JSON.stringify(name.slice(0, 120));
  if (bytes.readUInt16LE(at + 34) !== 0 && bytes.readUInt16LE(at + 34) !== 0xffff)
    return { fault: `${shown} lies in another part of a zip of several parts` };
  const sizes = longSizes(short, extra.zip64);
  if (sizes === undefined) return { fault: `${shown} has no usable zip64 sizes` };
  const fault = kindFault(shown, flags, method, bytes.readUInt32LE(at + 38) >>> 16);
  if (fault !== undefined) return { fault };
  const isDirectory = name.endsWith("/");
  const checked = entryPath(isDirectory ? name.slice(0, -1) : name);
  if ("fault" in checked) return checked;
  if (isDirectory)
    return sizes.size === 0
      ? { directory: checked.path }
      : { fault: `${shown} is a directory with content` };
  if (
    (method === 0 && sizes.size !== sizes.packedSize) ||
    (sizes.size > 0 && sizes.packedSize === 0)
  )
    return { fault: `${shown} has sizes that contradict each other` };
  return { path: checked.path, crc: bytes.readUInt32LE(at + 16), ...sizes, flags, method };
}

/** What can not or must not be unpacked. */
function kindFault(shown: string, flags: number, method: number, mode: number): string | undefined {
  if ((flags & 0x2041) !== 0 || method === 99) return `${shown} is encrypted`;
  if ((flags & 0x20) !== 0) return `${shown} is a patch of another file`;
  if (method !== 0 && method !== 8)
    return `${shown} is packed by method ${String(method)}, known are 0 (stored) and 8 (deflated)`;
  const type = mode & 0xf000;
  if (type === 0xa000) return `${shown} is a symbolic link`;
  if (type !== 0 && type !== 0x8000 && type !== 0x4000)
    return `${shown} is a device, a pipe or a socket`;
  return undefined;
}

interface Sizes {
  readonly size: number;
  readonly packedSize: number;
  readonly offset: number;
}

/** Fills in from the zip64 field what the header has no room for, in the field's order. */
function longSizes(short: Sizes, zip64: Buffer | undefined): Sizes | undefined {
  let at = 0;
  const long = (value: number): number => {
    if (value !== MAX32) return value;
    at += 8;
    return zip64 === undefined || at > zip64.length ? NaN : number64(zip64, at - 8);
  };
  const size = long(short.size);
  const packedSize = long(short.packedSize);
  const offset = long(short.offset);
  return [size, packedSize, offset].every(Number.isSafeInteger)
    ? { size, packedSize, offset }
    : undefined;
}

function damaged(what: string): Error {
  return archiveFault([`its directory is damaged: ${what}`]);
}
