import { type Checksum, checksumHeader } from "../checksums/algorithms";
import { NULL_VERSION, type ObjectRecord, type VersionRecord } from "../store/records";
import { invalidArgument } from "./s3-error";

/** Query parameters that replace a header of the answer to a read. */
const OVERRIDES = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
] as const;

/** What HTTP can carry in a header. */
const HEADER_TEXT = /^[\t\x20-\x7e\x80-\xff]*$/u;

/** Headers of the answer to a read. */
export function readHeaders(
  object: ObjectRecord,
  versioned: boolean,
  query: ReadonlyMap<string, string>,
): Record<string, string> {
  const result: Record<string, string> = {
    ...object.headers,
    "accept-ranges": "bytes",
    etag: `"${object.etag}"`,
    "last-modified": new Date(object.modified).toUTCString(),
    ...versionHeader(object, versioned),
  };
  for (const name of OVERRIDES) {
    const value = query.get(`response-${name}`);
    if (value === undefined) continue;
    if (!HEADER_TEXT.test(value))
      throw invalidArgument(
        "Header value cannot be represented using ISO-8859-1.",
        `response-${name}`,
        value,
      );
    result[name] = value;
  }
  return result;
}

/** Names the version, in buckets that have versions. */
export function versionHeader(version: VersionRecord, versioned: boolean): Record<string, string> {
  return versioned || version.versionId !== NULL_VERSION
    ? { "x-amz-version-id": version.versionId }
    : {};
}

/** Names a checksum and what it is of. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return {
    [checksumHeader(checksum.algorithm)]: checksum.value,
    "x-amz-checksum-type": checksum.type,
  };
}
