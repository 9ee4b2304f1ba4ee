import type { Call } from "../call";
import { type Answer, plain } from "../http/answer";
import { judgeRead } from "../http/conditions";
import { type ByteRange, contentRange, readRange } from "../http/ranges";
import { checksumHeaders, readHeaders } from "../http/read-headers";
import { header } from "../http/request";
import { invalidRequest, S3Error } from "../http/s3-error";
import { slicePieces } from "../store/blobs";
import type { Bucket } from "../store/bucket";
import type { ObjectRecord } from "../store/records";
import { bucketOf, findObject, isVersioned, keyOf, partNumberOf } from "./lookup";
import { objectChecksum } from "./object-checksum";

/** GetObject and HeadObject; the server leaves the body of the latter away. */
export async function getObject(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const object = findObject(bucket, keyOf(call), call.request.query.get("versionId"));
  const release = call.service.store.hold(object.pieces);
  try {
    const answer = await readObject(call, bucket, object, release);
    if (answer.body === undefined) release();
    return answer;
  } catch (fault) {
    release();
    throw fault;
  }
}

async function readObject(
  call: Call,
  bucket: Bucket,
  object: ObjectRecord,
  release: () => void,
): Promise<Answer> {
  const { headers: asked, query } = call.request;
  const headers = readHeaders(object, isVersioned(bucket), query);
  if (judgeRead(asked, object) === "not-modified") {
    const { etag, "last-modified": modified } = headers;
    return plain(304, { etag: etag ?? "", "last-modified": modified ?? "" });
  }
  const { range, partNumber } = rangeOf(call, object);
  if (object.parts !== undefined && partNumber !== undefined)
    headers["x-amz-mp-parts-count"] = String(object.parts.length);
  // Of a range nobody has a checksum.
  if (header(asked, "x-amz-checksum-mode")?.toUpperCase() === "ENABLED" && range === undefined)
    Object.assign(headers, checksumHeaders(await objectChecksum(call.service.store, object)));
  if (range === undefined)
    return { status: 200, headers, body: { pieces: object.pieces, length: object.size, release } };
  headers["content-range"] = contentRange(range, object.size);
  const pieces = slicePieces(object.pieces, range.start, range.length);
  return { status: 206, headers, body: { pieces, length: range.length, release } };
}

function rangeOf(
  call: Call,
  object: ObjectRecord,
): { range?: ByteRange | undefined; partNumber?: number } {
  const text = header(call.request.headers, "range");
  if (!call.request.query.has("partNumber")) return { range: readRange(text, object.size) };
  if (text !== undefined)
    throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  const partNumber = partNumberOf(call);
  const parts = object.parts ?? [{ size: object.size }];
  const part = parts[partNumber - 1];
  if (part === undefined)
    throw new S3Error("InvalidPartNumber", {
      details: { PartNumberRequested: partNumber, ActualPartCount: parts.length },
    });
  const start = parts.slice(0, partNumber - 1).reduce((sum, { size }) => sum + size, 0);
  // A range of no bytes can not be told in HTTP: the only part of an empty object is the object.
  return part.size === 0 ? { partNumber } : { partNumber, range: { start, length: part.size } };
}
