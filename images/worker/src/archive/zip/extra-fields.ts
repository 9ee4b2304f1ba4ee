const ZIP64 = 0x0001;
const UNICODE_PATH = 0x7075;

/** The extra fields that matter. */
export interface ExtraFields {
  readonly zip64?: Buffer;
  readonly unicodePath?: Buffer;
}

/** Reads the extra fields of a header; `undefined` when they are damaged or one that matters is there twice. */
export function readExtra(bytes: Buffer): ExtraFields | undefined {
  const found: { zip64?: Buffer; unicodePath?: Buffer } = {};
  let at = 0;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt16LE(at + 2);
    if (end > bytes.length) return undefined;
    const id = bytes.readUInt16LE(at);
    const name = id === ZIP64 ? "zip64" : id === UNICODE_PATH ? "unicodePath" : undefined;
    if (name !== undefined) {
      if (found[name] !== undefined) return undefined;
      found[name] = bytes.subarray(at + 4, end);
    }
    at = end;
  }
  // Padding of up to three zero bytes is written by tools that align the content.
  return bytes.subarray(at).every((byte) => byte === 0) ? found : undefined;
}
