import { EMPTY_SHA256, hmac, sha256Hex } from "../../../../local/s3/sigv4/canonical";
import type { SigningStart } from "./raw-client";

/** Splits content at given sizes; what is left is the last piece. */
export function splitAt(content: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(content.subarray(at, at + size));
    at += size;
  }
  pieces.push(content.subarray(at));
  return pieces.filter((piece) => piece.length > 0);
}

/** Frames pieces as aws-chunked without signatures. */
export function unsignedFraming(
  pieces: readonly Buffer[],
  trailers: Readonly<Record<string, string>> = {},
): Buffer {
  const lines = Object.entries(trailers).map(([name, value]) => `${name}:${value}\r\n`);
  return Buffer.concat([
    ...pieces.flatMap((piece) => [
      Buffer.from(`${piece.length.toString(16)}\r\n`),
      piece,
      Buffer.from("\r\n"),
    ]),
    Buffer.from(`0\r\n${lines.join("")}\r\n`),
  ]);
}

/** Frames pieces as aws-chunked with a signature each, and one of the trailers where there are any. */
export function signedFraming(
  start: SigningStart,
  pieces: readonly Buffer[],
  trailers: Readonly<Record<string, string>> = {},
): Buffer {
  let previous = start.signature;
  const sign = (kind: string, hashes: readonly string[]): string => {
    const text = [kind, start.timestamp, start.scope, previous, ...hashes].join("\n");
    previous = hmac(start.key, text).toString("hex");
    return previous;
  };
  const chunk = (piece: Buffer): string => {
    const signature = sign("AWS4-HMAC-SHA256-PAYLOAD", [EMPTY_SHA256, sha256Hex(piece)]);
    return `${piece.length.toString(16)};chunk-signature=${signature}\r\n`;
  };
  const parts: Buffer[] = [];
  for (const piece of pieces) parts.push(Buffer.from(chunk(piece)), piece, Buffer.from("\r\n"));
  parts.push(Buffer.from(chunk(Buffer.alloc(0))));
  const entries = Object.entries(trailers);
  for (const [name, value] of entries) parts.push(Buffer.from(`${name}:${value}\r\n`));
  if (entries.length > 0) {
    const canonical = entries.map(([name, value]) => `${name}:${value}\n`).join("");
    const signature = sign("AWS4-HMAC-SHA256-TRAILER", [sha256Hex(canonical)]);
    parts.push(Buffer.from(`x-amz-trailer-signature:${signature}\r\n`));
  }
  return Buffer.concat([...parts, Buffer.from("\r\n")]);
}
