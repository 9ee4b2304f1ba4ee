import type { Call } from "../call";
import { versionHeader } from "../http/read-headers";
import { header } from "../http/request";
import { invalidArgument, S3Error } from "../http/s3-error";
import { VERSION_ID } from "../ids";
import type { Bucket, Upload } from "../store/bucket";
import { NULL_VERSION, type ObjectRecord } from "../store/records";
import { bucketNameFault } from "./bucket-name";

/** The bucket of a request, which exists and belongs to whom the client expects. */
export function bucketOf(call: Call): Bucket {
  return bucketNamed(call, call.request.bucket ?? "", "x-amz-expected-bucket-owner");
}

/** A bucket that a request names; see {@link bucketOf}. */
export function bucketNamed(call: Call, name: string, ownerHeader: string): Bucket {
  if (bucketNameFault(name) !== undefined)
    throw new S3Error("InvalidBucketName", { details: { BucketName: name } });
  const bucket = call.service.store.buckets.get(name);
  if (bucket === undefined) throw new S3Error("NoSuchBucket", { details: { BucketName: name } });
  const owner = header(call.request.headers, ownerHeader);
  if (owner === undefined || owner === call.service.account) return bucket;
  throw new S3Error(/^\d{12}$/u.test(owner) ? "AccessDenied" : "InvalidBucketOwnerAWSAccountID");
}

/** The key of a request. */
export function keyOf(call: Call): string {
  return call.request.key ?? "";
}

/** Whether a bucket has, or once had, versions. */
export function isVersioned(bucket: Bucket): boolean {
  return bucket.record.versioning !== undefined;
}

/** Finds the version of a key that a read asks for; throws what S3 answers where there is none to read. */
export function findObject(
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): ObjectRecord {
  if (versionId === undefined) {
    const latest = bucket.latest(key);
    if (latest?.kind === "object") return latest;
    const headers =
      latest === undefined
        ? {}
        : { "x-amz-delete-marker": "true", ...versionHeader(latest, isVersioned(bucket)) };
    throw new S3Error("NoSuchKey", { details: { Key: key }, headers });
  }
  checkVersionId(versionId);
  const version = bucket.version(key, versionId);
  if (version?.kind === "object") return version;
  if (version === undefined)
    throw new S3Error("NoSuchVersion", { details: { Key: key, VersionId: versionId } });
  throw new S3Error("MethodNotAllowed", {
    details: { Method: "GET", ResourceType: "DeleteMarker" },
    headers: {
      "x-amz-delete-marker": "true",
      "last-modified": new Date(version.modified).toUTCString(),
      ...versionHeader(version, true),
    },
  });
}

/** Refuses what can not be a version id. */
export function checkVersionId(versionId: string): void {
  if (versionId !== NULL_VERSION && !VERSION_ID.test(versionId))
    throw invalidArgument("Invalid version id specified", "versionId", versionId);
}

/** The upload that a request names. */
export function uploadOf(call: Call, bucket: Bucket): Upload {
  const uploadId = call.request.query.get("uploadId") ?? "";
  const upload = bucket.uploads.get(uploadId);
  if (upload === undefined || upload.record.key !== keyOf(call))
    throw new S3Error("NoSuchUpload", { details: { UploadId: uploadId } });
  return upload;
}

/** Limit of parts. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MAX_PARTS = 10_000;

/** The part number of a request. */
export function partNumberOf(call: Call): number {
  const text = call.request.query.get("partNumber") ?? "";
  const number = /^\d{1,5}$/u.test(text) ? Number(text) : 0;
  if (number < 1 || number > MAX_PARTS)
    throw invalidArgument(
      `Part number must be an integer between 1 and ${String(MAX_PARTS)}, inclusive`,
      "partNumber",
      text,
    );
  return number;
}
