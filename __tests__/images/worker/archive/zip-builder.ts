import { crc32, deflateRawSync } from "node:zlib";

/** One entry of a zip that is written field by field; everything can be wrong. */
export interface BuiltEntry {
  readonly name: string | Buffer;
  readonly content?: Buffer;
  readonly method?: number;
  readonly flags?: number;
  readonly mode?: number;
  /** Bytes in the archive, where they are not what the content gives. */
  readonly packed?: Buffer;
  readonly crc?: number;
  readonly size?: number;
  readonly packedSize?: number;
  /** Place of the header that the directory tells. */
  readonly offset?: number;
  readonly disk?: number;
  readonly extra?: Buffer;
  readonly localExtra?: Buffer;
  readonly local?: Partial<{
    name: string | Buffer;
    method: number;
    flags: number;
    crc: number;
    size: number;
    packedSize: number;
    signature: number;
  }>;
  /** The entry is in the directory only. */
  readonly withoutBody?: boolean;
}

/** What of the end record is not as it should be. */
export interface BuiltEnd {
  readonly entries?: number;
  readonly size?: number;
  readonly offset?: number;
  readonly disk?: number;
  readonly comment?: Buffer;
  /** Bytes between the directory and the end record, e.g. a zip64 end record. */
  readonly before?: (place: { offset: number; size: number; entries: number }) => Buffer;
}

const bytesOf = (name: string | Buffer): Buffer =>
  typeof name === "string" ? Buffer.from(name) : name;

/** Builds a zip. */
export function buildZip(entries: readonly BuiltEntry[], end: BuiltEnd = {}): Buffer {
  const bodies: Buffer[] = [];
  const headers: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const { content = Buffer.from("content"), method = 8, local = {} } = entry;
    const name = bytesOf(entry.name);
    const packed = entry.packed ?? (method === 8 ? deflateRawSync(content) : content);
    const facts = {
      flags: entry.flags ?? 0,
      method,
      crc: entry.crc ?? crc32(content),
      size: entry.size ?? content.length,
      packedSize: entry.packedSize ?? packed.length,
    };
    const localFacts = { ...facts, ...local };
    const localName = bytesOf(local.name ?? name);
    const localExtra = entry.localExtra ?? Buffer.alloc(0);
    const extra = entry.extra ?? Buffer.alloc(0);
    const header = Buffer.alloc(46);
    header.writeUInt32LE(0x02014b50, 0);
    header.writeUInt16LE(0x0314, 4);
    common(facts, name, extra).copy(header, 6);
    header.writeUInt16LE(entry.disk ?? 0, 34);
    header.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38);
    header.writeUInt32LE(entry.offset ?? at, 42);
    headers.push(header, name, extra);
    if (entry.withoutBody === true) continue;
    const signature = Buffer.alloc(4);
    signature.writeUInt32LE(local.signature ?? 0x04034b50, 0);
    const body = Buffer.concat([
      signature,
      common(localFacts, localName, localExtra),
      localName,
      localExtra,
      packed,
    ]);
    bodies.push(body);
    at += body.length;
  }
  const directory = Buffer.concat(headers);
  const place = { offset: at, size: directory.length, entries: entries.length };
  const comment = end.comment ?? Buffer.alloc(0);
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(end.disk ?? 0, 4);
  record.writeUInt16LE(end.entries ?? place.entries, 8);
  record.writeUInt16LE(end.entries ?? place.entries, 10);
  record.writeUInt32LE(end.size ?? place.size, 12);
  record.writeUInt32LE(end.offset ?? place.offset, 16);
  record.writeUInt16LE(comment.length, 20);
  return Buffer.concat([
    ...bodies,
    directory,
    end.before?.(place) ?? Buffer.alloc(0),
    record,
    comment,
  ]);
}

function common(
  facts: { flags: number; method: number; crc: number; size: number; packedSize: number },
  name: Buffer,
  extra: Buffer,
): Buffer {
  const bytes = Buffer.alloc(26);
  bytes.writeUInt16LE(20, 0);
  bytes.writeUInt16LE(facts.flags, 2);
  bytes.writeUInt16LE(facts.method, 4);
  bytes.writeUInt16LE(0x21, 8);
  bytes.writeUInt32LE(facts.crc, 10);
  bytes.writeUInt32LE(facts.packedSize, 14);
  bytes.writeUInt32LE(facts.size, 18);
  bytes.writeUInt16LE(name.length, 22);
  bytes.writeUInt16LE(extra.length, 24);
  return bytes;
}

/** An extra field. */
export function field(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** 64-bit numbers, as zip64 fields hold them. */
export function numbers64(...values: readonly (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 8 * index));
  return bytes;
}

/** Zip64 end record and its locator. */
export function end64(
  place: { offset: number; size: number; entries: number },
  change: Partial<{
    at: number;
    disks: number;
    entries: number | bigint;
    size: number | bigint;
    offset: number | bigint;
    record: number;
  }> = {},
): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(BigInt(change.record ?? 44), 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  numbers64(
    change.entries ?? place.entries,
    change.entries ?? place.entries,
    change.size ?? place.size,
    change.offset ?? place.offset,
  ).copy(record, 24);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(change.at ?? place.offset + place.size), 8);
  locator.writeUInt32LE(change.disks ?? 1, 16);
  return Buffer.concat([record, locator]);
}
