import type { IncomingHttpHeaders } from "node:http";
import type { Bucket, WriteWatch } from "../store/bucket";
import type { ObjectRecord } from "../store/records";
import { header } from "./request";
import { notImplemented, S3Error } from "./s3-error";

/** What a conditional read comes to. */
export type ReadVerdict = "read" | "not-modified";

/** Names of the headers of a conditional read; copies have their own. */
const READ_HEADERS = {
  match: "if-match",
  noneMatch: "if-none-match",
  modifiedSince: "if-modified-since",
  unmodifiedSince: "if-unmodified-since",
} as const;

const COPY_HEADERS = {
  match: "x-amz-copy-source-if-match",
  noneMatch: "x-amz-copy-source-if-none-match",
  modifiedSince: "x-amz-copy-source-if-modified-since",
  unmodifiedSince: "x-amz-copy-source-if-unmodified-since",
} as const;

type Names = typeof READ_HEADERS | typeof COPY_HEADERS;

/** Judges a read. An ETag condition goes before the condition on the date that belongs to it. */
export function judgeRead(headers: IncomingHttpHeaders, object: ObjectRecord): ReadVerdict {
  const failed = failedCondition(headers, object, READ_HEADERS);
  if (failed === undefined) return "read";
  if (failed === "If-None-Match" || failed === "If-Modified-Since") return "not-modified";
  throw preconditionFailed(failed);
}

/** Judges the source of a copy, where every failed condition is an error. */
export function judgeCopySource(headers: IncomingHttpHeaders, object: ObjectRecord): void {
  const failed = failedCondition(headers, object, COPY_HEADERS);
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed}`);
}

function failedCondition(
  headers: IncomingHttpHeaders,
  { etag, modified }: ObjectRecord,
  names: Names,
): string | undefined {
  const match = header(headers, names.match);
  const noneMatch = header(headers, names.noneMatch);
  const since = httpDate(header(headers, names.modifiedSince));
  const until = httpDate(header(headers, names.unmodifiedSince));
  // HTTP dates have no fractions of a second.
  const changed = Math.floor(modified / 1000) * 1000;
  if (match !== undefined) {
    if (!listsEtag(match, etag)) return "If-Match";
  } else if (until !== undefined && changed > until) return "If-Unmodified-Since";
  if (noneMatch !== undefined) {
    if (listsEtag(noneMatch, etag)) return "If-None-Match";
  } else if (since !== undefined && changed <= since) return "If-Modified-Since";
  return undefined;
}

/** Reads a date; one that can not be read is no condition. */
function httpDate(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** Takes the quotes off an ETag. */
export function bareEtag(text: string): string {
  return text.trim().replace(/^(?:W\/)?"(.*)"$/u, "$1");
}

function listsEtag(list: string, etag: string): boolean {
  return list.split(",").some((item) => item.trim() === "*" || bareEtag(item) === etag);
}

/** `PreconditionFailed` for a condition. */
export function preconditionFailed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", { details: { Condition: condition } });
}

/** A condition on a write. */
export type WriteCondition =
  { readonly kind: "must-not-exist" } | { readonly kind: "must-match"; readonly etag: string };

/** Reads the condition of a write. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
export function writeCondition(headers: IncomingHttpHeaders): WriteCondition | undefined {
  for (const name of ["if-modified-since", "if-unmodified-since"])
    if (headers[name] !== undefined) throw notImplemented(name);
  const match = header(headers, "if-match");
  const noneMatch = header(headers, "if-none-match");
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== "*" || match !== undefined) throw notImplemented("If-None-Match");
    return { kind: "must-not-exist" };
  }
  return match === undefined ? undefined : { kind: "must-match", etag: bareEtag(match) };
}

/**
 * Judges a write at the moment when it would happen; throws when it must not.
 *
 * @param watch - what happened to the key since the write began. Another change meanwhile is S3's 409: who retries finds
 *   out what the key holds now
 */
export function judgeWrite(
  condition: WriteCondition | undefined,
  bucket: Bucket,
  key: string,
  watch: WriteWatch | undefined,
): void {
  if (condition === undefined) return;
  if (watch?.disturbed === true)
    throw new S3Error("ConditionalRequestConflict", {
      details: {
        Condition: condition.kind === "must-match" ? "If-Match" : "If-None-Match",
        Key: key,
      },
    });
  const current = bucket.current(key);
  if (condition.kind === "must-not-exist") {
    if (current !== undefined) throw preconditionFailed("If-None-Match");
    return;
  }
  if (current === undefined) throw new S3Error("NoSuchKey", { details: { Key: key } });
  if (condition.etag !== "*" && current.etag !== condition.etag)
    throw preconditionFailed("If-Match");
}
