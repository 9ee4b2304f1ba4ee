import { StepError } from "../../step/step-error";
import { readExtra } from "./extra-fields";
import { number64 } from "./find-directory";
import type { ZipEntry } from "./zip-entry";

const HEADER = 0x04034b50;

/** Bytes of a local header without name and extra fields. */
export const LOCAL_HEADER_BYTES = 30;

/** Encryption, data descriptor, patch, UTF-8, masked: what must be the same in both headers. */
const COMPARED_FLAGS = 0x2869;
const DESCRIPTOR_FLAG = 0x0008;
const MAX32 = 0xffffffff;

/** Length of an entry's own header with name and extra fields, from its fixed part. */
export function localHeaderLength(fixed: Buffer): number {
  return LOCAL_HEADER_BYTES + fixed.readUInt16LE(26) + fixed.readUInt16LE(28);
}

/**
 * Requires that an entry's own header tells what the directory tells. A reader that trusts the one must see the same
 * files as a reader that trusts the other, such as a malware scanner.
 */
export function requireSameHeader(entry: ZipEntry, header: Buffer): void {
  const fault = differs(entry, header);
  if (fault === undefined) return;
  throw new StepError(
    "badDelivery",
    `the archive is not what its directory says: ${JSON.stringify(entry.path)} ${fault}; ` +
      "no manifest was written: ask the sender for a correct archive",
  );
}

function differs(entry: ZipEntry, header: Buffer): string | undefined {
  if (header.readUInt32LE(0) !== HEADER) return "has no header where it should be";
  const nameEnd = LOCAL_HEADER_BYTES + header.readUInt16LE(26);
  if (!header.subarray(LOCAL_HEADER_BYTES, nameEnd).equals(entry.rawName))
    return "has another name in its own header";
  const flags = header.readUInt16LE(6);
  if (((flags ^ entry.flags) & COMPARED_FLAGS) !== 0) return "has other flags in its own header";
  if (header.readUInt16LE(8) !== entry.method) return "is packed otherwise by its own header";
  const extra = readExtra(header.subarray(nameEnd));
  if (extra === undefined) return "has damaged extra fields";
  const zip64 = extra.zip64 !== undefined && extra.zip64.length >= 16 ? extra.zip64 : undefined;
  const crc = header.readUInt32LE(14);
  const short = { packed: header.readUInt32LE(18), size: header.readUInt32LE(22) };
  // Sizes and sum that follow the content are not yet known in the header.
  const later = (flags & DESCRIPTOR_FLAG) !== 0;
  const same = (told: number, expected: number, longAt: number): boolean => {
    const value = told === MAX32 && zip64 !== undefined ? number64(zip64, longAt) : told;
    return value === expected || (later && (value === 0 || told === MAX32));
  };
  if (!same(short.size, entry.size, 0) || !same(short.packed, entry.packedSize, 8))
    return "has other sizes in its own header";
  return crc === entry.crc || (later && crc === 0)
    ? undefined
    : "has another checksum in its own header";
}
