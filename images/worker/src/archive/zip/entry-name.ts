import { isAscii, isUtf8 } from "node:buffer";
import type { NameEncoding } from "../../../../../modules/contract";
import { crc32Of } from "../../upload/crc32";
import { decodeCp437 } from "./cp437";

const UTF8_FLAG = 0x0800;

/** A decoded name, or why it is none. */
export type DecodedName = { readonly name: string } | { readonly fault: string };

/**
 * Decodes the name of an entry: by its UTF-8 flag, by Info-ZIP's field with the name in UTF-8, else as the setting says.
 *
 * @param unicodePath - body of the extra field 0x7075, where the entry has one
 */
export function decodeName(
  bytes: Buffer,
  flags: number,
  unicodePath: Buffer | undefined,
  encoding: NameEncoding,
): DecodedName {
  if ((flags & UTF8_FLAG) !== 0) return utf8(bytes);
  const told = unicodePath === undefined ? undefined : unicodeName(bytes, unicodePath);
  if (told !== undefined) return utf8(told);
  if (isAscii(bytes)) return { name: bytes.toString("latin1") };
  switch (encoding) {
    case "utf-8":
      return utf8(bytes);
    case "cp949":
      return cp949(bytes);
    case "cp437":
      return { name: decodeCp437(bytes) };
    case "auto":
      // Text of another character set is hardly ever valid UTF-8, and macOS writes UTF-8 without the flag.
      return isUtf8(bytes) ? utf8(bytes) : { name: decodeCp437(bytes) };
  }
}

function utf8(bytes: Buffer): DecodedName {
  if (isUtf8(bytes)) return { name: bytes.toString("utf8") };
  return { fault: `${JSON.stringify(bytes.toString("latin1"))} is not UTF-8, as its entry says` };
}

/** The field counts only while it belongs to the name: a tool that renames and does not know it leaves an old one. */
function unicodeName(bytes: Buffer, field: Buffer): Buffer | undefined {
  if (field.length < 5 || field[0] !== 1) return undefined;
  return field.readUInt32LE(1) === crc32Of(bytes) ? field.subarray(5) : undefined;
}

/** What the web calls euc-kr is Windows' code page 949. @see https://encoding.spec.whatwg.org/#names-and-labels */
function cp949(bytes: Buffer): DecodedName {
  try {
    return { name: new TextDecoder("euc-kr", { fatal: true }).decode(bytes) };
  } catch {
    return {
      fault: `${JSON.stringify(bytes.toString("latin1"))} is not CP949; set nameEncoding as the sender writes names`,
    };
  }
}
