import type { Call } from "../call";
import { type Answer, xmlAnswer } from "../http/answer";
import { receiveText } from "../http/body";
import { planBody } from "../http/body-plan";
import { judgeWrite, writeCondition } from "../http/conditions";
import { encryptionHeaders } from "../http/object-headers";
import { versionHeader } from "../http/read-headers";
import { invalidRequest, S3Error } from "../http/s3-error";
import { multipartEtag } from "../ids";
import type { Upload } from "../store/bucket";
import type { Change, PartRecord, UploadRecord } from "../store/records";
import { element } from "../xml/write";
import { type NamedPart, readNamedParts } from "./complete-request";
import { checksumElements } from "./list-objects";
import { bucketOf, isVersioned, keyOf, uploadOf } from "./lookup";
import { checksumOfParts, compareWithHeaders } from "./upload-checksum";
import { commitObject, type NewObject } from "./write-object";

/** All parts but the last hold at least so much. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_XML_BYTES = 8 * 1024 * 1024;

/** CompleteMultipartUpload. The object is made of the parts' own bytes: nothing is copied, however large it is. */
export async function completeMultipartUpload(call: Call): Promise<Answer> {
  const { headers } = call.request;
  const key = keyOf(call);
  const condition = writeCondition(headers);
  const before = bucketOf(call);
  uploadOf(call, before);
  const watch = condition === undefined ? undefined : before.watch(key);
  try {
    const named = readNamedParts(await completeXml(call));
    const bucket = bucketOf(call);
    const upload = uploadOf(call, bucket);
    const object = assemble(call, upload, named);
    const { name } = bucket.record;
    const drop: Change = { type: "drop-upload", bucket: name, uploadId: upload.record.uploadId };
    try {
      judgeWrite(condition, bucket, key, watch);
    } catch (fault) {
      // After this answer an upload can not be completed any more: S3 wants it created anew and every part sent again.
      if (fault instanceof S3Error && fault.code === "ConditionalRequestConflict")
        call.service.store.commit(drop);
      throw fault;
    }
    const record = commitObject(call, bucket, key, object, "CompleteMultipartUpload", [drop]);
    return xmlAnswer(
      element("CompleteMultipartUploadResult", [
        element("Location", locationOf(call)),
        element("Bucket", name),
        element("Key", key),
        element("ETag", `"${record.etag}"`),
        ...checksumElements(record.checksum),
        element("ChecksumType", record.checksum?.type),
      ]),
      {
        ...encryptionHeaders(upload.record.headers),
        ...versionHeader(record, isVersioned(bucket)),
      },
    );
  } finally {
    watch?.end();
  }
}

/** The checksum headers of this operation speak of the object, not of the XML that comes with it. */
async function completeXml(call: Call): Promise<string> {
  const headers = Object.fromEntries(
    Object.entries(call.request.headers).filter(([name]) => !name.startsWith("x-amz-checksum-")),
  );
  return (await receiveText(call.body, planBody(headers), MAX_XML_BYTES)).text;
}

function locationOf({ request, service }: Call): string {
  const path = request.path.split("/").map(encodeURIComponent).join("/");
  return `${service.scheme}://${request.headers.host ?? "localhost"}${path}`;
}

function assemble(call: Call, { record, parts }: Upload, named: readonly NamedPart[]): NewObject {
  const chosen = named.map((part) => choosePart(record, parts.get(part.partNumber), part));
  checkSizes(chosen);
  const size = chosen.reduce((sum, part) => sum + part.size, 0);
  const checksum = checksumOfParts(record, chosen);
  compareWithHeaders(call.request.headers, record, checksum, size);
  return {
    size,
    etag: multipartEtag(chosen.map(({ etag }) => etag)),
    pieces: chosen.flatMap(({ pieces }) => pieces),
    headers: record.headers,
    checksum,
    parts: chosen.map((part) => ({ size: part.size, checksum: part.checksum })),
  };
}

function choosePart(
  upload: UploadRecord,
  part: PartRecord | undefined,
  named: NamedPart,
): PartRecord {
  const invalid = new S3Error("InvalidPart", {
    details: {
      UploadId: upload.uploadId,
      PartNumber: named.partNumber,
      ETag: named.etag,
    },
  });
  if (part?.etag !== named.etag) throw invalid;
  const { checksum } = upload;
  for (const [algorithm, value] of named.checksums) {
    if (checksum !== undefined && checksum.algorithm !== algorithm)
      throw invalidRequest(
        `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()}, actual checksum Type: ${algorithm.toLowerCase()}`,
      );
    if (checksum !== undefined && part.checksum !== value) throw invalid;
  }
  if (checksum?.type === "COMPOSITE" && named.checksums.size === 0)
    throw invalidRequest(
      `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${String(named.partNumber)} in the request.`,
    );
  return part;
}

function checkSizes(parts: readonly PartRecord[]): void {
  for (const { size, partNumber, etag } of parts.slice(0, -1))
    if (size < MIN_PART_BYTES)
      throw new S3Error("EntityTooSmall", {
        details: {
          ProposedSize: size,
          MinSizeAllowed: MIN_PART_BYTES,
          PartNumber: partNumber,
          ETag: etag,
        },
      });
}
