const POLYNOMIAL = 0x82f63b78;
const LANES = 8;

/** `TABLES[lane * 256 + byte]`: what a byte does to the checksum when `lane` more bytes follow it. */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(LANES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? POLYNOMIAL : 0);
    tables[byte] = value;
  }
  for (let index = 256; index < tables.length; index++) {
    const previous = at(tables, index - 256);
    tables[index] = (previous >>> 8) ^ at(tables, previous & 0xff);
  }
  return tables;
}

// Out-of-range reads do not occur; `| 0` keeps the arithmetic on 32-bit integers, which is what makes it fast.
function at(table: Int32Array | Uint8Array, index: number): number {
  return (table[index] as number) | 0;
}

/**
 * Continues a CRC-32C (Castagnoli) over more bytes, eight at a time.
 *
 * @param value - checksum of the bytes before, 0 at the start
 */
export function crc32c(data: Uint8Array, value = 0): number {
  let crc = ~value;
  let index = 0;
  for (const end = data.length - LANES; index <= end; index += LANES) {
    crc ^=
      at(data, index) |
      (at(data, index + 1) << 8) |
      (at(data, index + 2) << 16) |
      (at(data, index + 3) << 24);
    crc =
      at(TABLES, 1792 + (crc & 0xff)) ^
      at(TABLES, 1536 + ((crc >>> 8) & 0xff)) ^
      at(TABLES, 1280 + ((crc >>> 16) & 0xff)) ^
      at(TABLES, 1024 + (crc >>> 24)) ^
      at(TABLES, 768 + at(data, index + 4)) ^
      at(TABLES, 512 + at(data, index + 5)) ^
      at(TABLES, 256 + at(data, index + 6)) ^
      at(TABLES, at(data, index + 7));
  }
  for (; index < data.length; index++)
    crc = (crc >>> 8) ^ at(TABLES, (crc ^ at(data, index)) & 0xff);
  return ~crc >>> 0;
}
