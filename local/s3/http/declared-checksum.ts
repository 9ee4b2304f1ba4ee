import type { IncomingHttpHeaders } from "node:http";
import {
  algorithmNamed,
  type ChecksumAlgorithm,
  checksumHeader,
  decodeChecksum,
} from "../checksums/algorithms";
import { header } from "./request";
import { invalidRequest, notImplemented, S3Error } from "./s3-error";

/** A checksum that a request brings, or says that its trailer will bring. */
export interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly expected: Buffer | "in-trailer";
}

const PREFIX = "x-amz-checksum-";
/** Headers of the same prefix that bring no checksum. */
const NO_CHECKSUM = new Set([
  "x-amz-checksum-algorithm",
  "x-amz-checksum-mode",
  "x-amz-checksum-type",
]);

/** Reads the checksum of a request with a body. */
export function declaredChecksum(
  headers: IncomingHttpHeaders,
  framed: boolean,
): DeclaredChecksum | undefined {
  const names = Object.keys(headers).filter(
    (name) => name.startsWith(PREFIX) && !NO_CHECKSUM.has(name),
  );
  const trailer = header(headers, "x-amz-trailer")?.toLowerCase();
  if (trailer !== undefined && !framed)
    throw invalidRequest("The x-amz-trailer header needs a body in aws-chunked encoding");
  const all = trailer === undefined ? names : [...names, ...trailer.split(/\s*,\s*/u)];
  const [name] = all;
  const named = sdkAlgorithm(headers);
  if (all.length > 1)
    throw invalidRequest(
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  if (name === undefined) {
    if (named !== undefined)
      throw invalidRequest(
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
      );
    return undefined;
  }
  const algorithm = name.startsWith(PREFIX) ? algorithmNamed(name.slice(PREFIX.length)) : undefined;
  if (algorithm === undefined) throw notImplemented(name);
  if (named !== undefined && named !== algorithm)
    throw invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  const value = header(headers, name);
  return {
    algorithm,
    expected: value === undefined ? "in-trailer" : decodeHeader(algorithm, value),
  };
}

function sdkAlgorithm(headers: IncomingHttpHeaders): ChecksumAlgorithm | undefined {
  const text = header(headers, "x-amz-sdk-checksum-algorithm");
  if (text === undefined) return undefined;
  const algorithm = algorithmNamed(text);
  if (algorithm === undefined)
    throw invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  return algorithm;
}

function decodeHeader(algorithm: ChecksumAlgorithm, value: string): Buffer {
  const bytes = decodeChecksum(algorithm, value);
  if (bytes === undefined)
    throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
  return bytes;
}

/** The error for a checksum that is not that of the content. */
export function badChecksum(algorithm: ChecksumAlgorithm): S3Error {
  return new S3Error("BadDigest", {
    message: `The ${algorithm} you specified did not match the calculated checksum.`,
  });
}

/** Reads what a trailer brought. */
export function trailerChecksum(
  algorithm: ChecksumAlgorithm,
  trailers: ReadonlyMap<string, string>,
): Buffer {
  const value = trailers.get(checksumHeader(algorithm));
  if (value === undefined) throw new S3Error("MalformedTrailerError");
  const bytes = decodeChecksum(algorithm, value);
  if (bytes === undefined)
    throw invalidRequest(`Value for ${checksumHeader(algorithm)} trailing header is invalid.`);
  return bytes;
}
