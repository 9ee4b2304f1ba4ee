import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import {
  type Checksum,
  CHECKSUM_ALGORITHMS,
  checksumHeader,
  combinable,
  startChecksum,
} from "../checksums/algorithms";
import { combineCrcs } from "../checksums/combine";
import { badChecksum } from "../http/declared-checksum";
import { header } from "../http/request";
import { invalidRequest } from "../http/s3-error";
import type { PartRecord, UploadRecord } from "../store/records";

/** The checksum of an upload that is being completed, worked out from those of its parts. */
export function checksumOfParts(
  upload: UploadRecord,
  parts: readonly PartRecord[],
): Checksum | undefined {
  if (upload.checksum === undefined) return undefined;
  const { algorithm, type } = upload.checksum;
  const digests = parts.map(({ checksum = "" }) => Buffer.from(checksum, "base64"));
  if (type === "COMPOSITE") {
    const running = combinable(algorithm)
      ? startChecksum(algorithm)
      : createHash(algorithm.toLowerCase());
    for (const digest of digests) running.update(digest);
    const value = `${running.digest().toString("base64")}-${String(parts.length)}`;
    return { algorithm, type, value };
  }
  if (!combinable(algorithm)) return undefined;
  const pieces = parts.map(({ size }, index) => ({
    digest: digests[index] ?? Buffer.alloc(0),
    length: size,
  }));
  return { algorithm, type, value: combineCrcs(algorithm, pieces).toString("base64") };
}

/** Compares what a completing client says of the whole object with what it is. */
export function compareWithHeaders(
  headers: IncomingHttpHeaders,
  upload: UploadRecord,
  actual: Checksum | undefined,
  size: number,
): void {
  const objectSize = header(headers, "x-amz-mp-object-size");
  if (objectSize !== undefined && objectSize !== String(size))
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${objectSize} does not match what was computed: ${String(size)}`,
    );
  const type = header(headers, "x-amz-checksum-type");
  // Without a wish at the creation S3's own checksum is that of the full object.
  const ownType = upload.checksum?.type ?? "FULL_OBJECT";
  if (type !== undefined && type !== ownType)
    throw invalidRequest(
      `The upload was created using the ${ownType} checksum mode. The complete request must use the same checksum mode.`,
    );
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const given = header(headers, checksumHeader(algorithm));
    if (given === undefined) continue;
    if (algorithm !== actual?.algorithm)
      throw invalidRequest(
        `Checksum Type mismatch occurred, expected checksum Type: ${actual?.algorithm.toLowerCase() ?? "null"}, actual checksum Type: ${algorithm.toLowerCase()}`,
      );
    const expected = given.includes("-") ? actual.value : actual.value.replace(/-\d+$/u, "");
    if (given !== expected) throw badChecksum(algorithm);
  }
}
