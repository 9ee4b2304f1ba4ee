/** Halves of the reflected polynomial 0x9a6c9329ac4bc9b5. */
const POLYNOMIAL_HIGH = 0x9a6c9329;
const POLYNOMIAL_LOW = 0xac4bc9b5;
const LANES = 8;

/** As in CRC-32C: `[lane * 256 + byte]`, in two halves because JavaScript has no fast 64-bit integer. */
const HIGH = new Int32Array(LANES * 256);
const LOW = new Int32Array(LANES * 256);
fillTables();

function fillTables(): void {
  for (let byte = 0; byte < 256; byte++) {
    let high = 0;
    let low = byte;
    for (let bit = 0; bit < 8; bit++) {
      const odd = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (odd === 1) {
        high ^= POLYNOMIAL_HIGH;
        low ^= POLYNOMIAL_LOW;
      }
    }
    HIGH[byte] = high;
    LOW[byte] = low;
  }
  for (let index = 256; index < HIGH.length; index++) {
    const high = at(HIGH, index - 256);
    const low = at(LOW, index - 256);
    HIGH[index] = (high >>> 8) ^ at(HIGH, low & 0xff);
    LOW[index] = ((low >>> 8) | (high << 24)) ^ at(LOW, low & 0xff);
  }
}

// Out-of-range reads do not occur; `| 0` keeps the arithmetic on 32-bit integers, which is what makes it fast.
function at(table: Int32Array | Uint8Array, index: number): number {
  return (table[index] as number) | 0;
}

function word(data: Uint8Array, index: number): number {
  return (
    at(data, index) |
    (at(data, index + 1) << 8) |
    (at(data, index + 2) << 16) |
    (at(data, index + 3) << 24)
  );
}

/** CRC-64/NVME over pieces of data. */
export class Crc64Nvme {
  #high = -1;
  #low = -1;

  update(data: Uint8Array): void {
    let high = this.#high;
    let low = this.#low;
    let index = 0;
    for (const end = data.length - LANES; index <= end; index += LANES) {
      const a = low ^ word(data, index);
      const b = high ^ word(data, index + 4);
      const i7 = 1792 + (a & 0xff);
      const i6 = 1536 + ((a >>> 8) & 0xff);
      const i5 = 1280 + ((a >>> 16) & 0xff);
      const i4 = 1024 + (a >>> 24);
      const i3 = 768 + (b & 0xff);
      const i2 = 512 + ((b >>> 8) & 0xff);
      const i1 = 256 + ((b >>> 16) & 0xff);
      const i0 = b >>> 24;
      high =
        at(HIGH, i7) ^
        at(HIGH, i6) ^
        at(HIGH, i5) ^
        at(HIGH, i4) ^
        at(HIGH, i3) ^
        at(HIGH, i2) ^
        at(HIGH, i1) ^
        at(HIGH, i0);
      low =
        at(LOW, i7) ^
        at(LOW, i6) ^
        at(LOW, i5) ^
        at(LOW, i4) ^
        at(LOW, i3) ^
        at(LOW, i2) ^
        at(LOW, i1) ^
        at(LOW, i0);
    }
    for (; index < data.length; index++) {
      const byte = (low ^ at(data, index)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ at(LOW, byte);
      high = (high >>> 8) ^ at(HIGH, byte);
    }
    this.#high = high;
    this.#low = low;
  }

  /** The checksum of what was given so far: 8 bytes, big-endian. */
  digest(): Buffer {
    const out = Buffer.allocUnsafe(8);
    out.writeInt32BE(~this.#high, 0);
    out.writeInt32BE(~this.#low, 4);
    return out;
  }
}
