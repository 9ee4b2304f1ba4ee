import type { Call } from "../call";
import { checksumHeader, type ChecksumAlgorithm } from "../checksums/algorithms";
import { type Answer, plain, xmlAnswer } from "../http/answer";
import { MAX_PUT_BYTES, planBody } from "../http/body-plan";
import { encryptionHeaders } from "../http/object-headers";
import { header } from "../http/request";
import { invalidArgument, invalidRequest } from "../http/s3-error";
import { opaqueEtag } from "../ids";
import { slicePieces } from "../store/blobs";
import type { ObjectRecord, PartRecord, UploadRecord } from "../store/records";
import { element } from "../xml/write";
import { copySourceOf } from "./copy-source";
import { checksumElements } from "./list-objects";
import { bucketOf, isVersioned, partNumberOf, uploadOf } from "./lookup";
import { digestOf } from "./object-checksum";
import { receivedChecksum, storeBody } from "./write-object";

/** UploadPart. */
export async function uploadPart(call: Call): Promise<Answer> {
  const { headers } = call.request;
  const partNumber = partNumberOf(call);
  const plan = planBody(headers);
  const { record: upload } = uploadOf(call, bucketOf(call));
  checkAlgorithm(upload, plan.checksum?.algorithm);
  const body = await storeBody(call, plan);
  try {
    const checksum = receivedChecksum(body.received);
    commitPart(call, {
      partNumber,
      modified: Date.now(),
      size: body.received.size,
      etag: body.etag,
      pieces: body.pieces,
      ...(upload.checksum === undefined ? {} : { checksum: checksum?.value }),
    });
    return plain(200, {
      etag: `"${body.etag}"`,
      ...encryptionHeaders(upload.headers),
      ...(checksum === undefined ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value }),
    });
  } catch (fault) {
    body.discard();
    throw fault;
  }
}

/** UploadPartCopy. The part shares the bytes of its source. */
export async function uploadPartCopy(call: Call): Promise<Answer> {
  const partNumber = partNumberOf(call);
  const { record: upload } = uploadOf(call, bucketOf(call));
  const source = copySourceOf(call);
  const { start, length } = copyRange(call, source.object);
  const pieces = slicePieces(source.object.pieces, start, length);
  const { store } = call.service;
  const release = store.hold(pieces);
  try {
    const algorithm = upload.checksum?.algorithm;
    const digest = algorithm === undefined ? undefined : await digestOf(store, pieces, algorithm);
    const checksum = digest?.toString("base64");
    const part = {
      partNumber,
      modified: Date.now(),
      size: length,
      etag: opaqueEtag(),
      pieces,
      checksum,
    };
    commitPart(call, part);
    return xmlAnswer(
      element("CopyPartResult", [
        element("LastModified", new Date(part.modified).toISOString()),
        element("ETag", `"${part.etag}"`),
        ...(algorithm === undefined || checksum === undefined
          ? []
          : checksumElements({ algorithm, type: "FULL_OBJECT", value: checksum })),
      ]),
      {
        ...encryptionHeaders(upload.headers),
        ...(isVersioned(source.bucket)
          ? { "x-amz-copy-source-version-id": source.object.versionId }
          : {}),
      },
    );
  } finally {
    release();
  }
}

/** Stores a part, unless its upload was completed or aborted while the part came. */
function commitPart(call: Call, record: PartRecord): void {
  const bucket = bucketOf(call);
  const { uploadId } = uploadOf(call, bucket).record;
  call.service.store.commit({ type: "part", bucket: bucket.record.name, uploadId, record });
}

function checkAlgorithm(upload: UploadRecord, actual: ChecksumAlgorithm | undefined): void {
  const expected = upload.checksum?.algorithm;
  if (expected === undefined || expected === actual) return;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual?.toLowerCase() ?? "null"}`,
  );
}

function copyRange(call: Call, object: ObjectRecord): { start: number; length: number } {
  const text = header(call.request.headers, "x-amz-copy-source-range");
  const whole = text === undefined;
  const [, first = "", last = ""] = /^bytes=(\d{1,15})-(\d{1,15})$/u.exec(text ?? "") ?? [];
  const start = whole ? 0 : Number(first);
  const length = whole ? object.size : Number(last) - start + 1;
  if (!whole && (first === "" || length <= 0))
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      text,
    );
  if (start + length > object.size)
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${String(object.size)}`,
      "x-amz-copy-source-range",
      text ?? "",
    );
  if (length > MAX_PUT_BYTES)
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${String(MAX_PUT_BYTES)}`,
    );
  return { start, length };
}
