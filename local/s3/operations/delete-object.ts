import type { Call } from "../call";
import { type Answer, plain } from "../http/answer";
import { bareEtag, preconditionFailed } from "../http/conditions";
import { header } from "../http/request";
import { S3Error } from "../http/s3-error";
import { newVersionId } from "../ids";
import type { Bucket } from "../store/bucket";
import { type DeleteMarkerRecord, NULL_VERSION } from "../store/records";
import type { Store } from "../store/store";
import { bucketOf, checkVersionId, keyOf } from "./lookup";

/** What a deletion left or took away. */
export interface Deletion {
  /** Version that was deleted, or the delete marker that was written. */
  readonly versionId?: string | undefined;
  readonly deleteMarker: boolean;
}

/** DeleteObject. */
export function deleteObject(call: Call): Answer {
  const bucket = bucketOf(call);
  const ifMatch = header(call.request.headers, "if-match");
  const done = deleteKey(call.service.store, bucket, keyOf(call), {
    versionId: call.request.query.get("versionId"),
    etag: ifMatch === undefined ? undefined : bareEtag(ifMatch),
  });
  return plain(204, {
    ...(done.versionId === undefined ? {} : { "x-amz-version-id": done.versionId }),
    ...(done.deleteMarker ? { "x-amz-delete-marker": "true" } : {}),
  });
}

/** Deletes a version, or in versioned buckets hides the key behind a delete marker. What is not there is deleted. */
export function deleteKey(
  store: Store,
  bucket: Bucket,
  key: string,
  { versionId, etag }: { versionId?: string | undefined; etag?: string | undefined },
): Deletion {
  if (etag !== undefined) checkEtag(bucket, key, versionId, etag);
  const name = bucket.record.name;
  if (versionId !== undefined) {
    checkVersionId(versionId);
    const version = bucket.version(key, versionId);
    if (version !== undefined) store.commit({ type: "drop-version", bucket: name, key, versionId });
    return { versionId, deleteMarker: version?.kind === "marker" };
  }
  const { versioning } = bucket.record;
  if (versioning === undefined) {
    if (bucket.latest(key) !== undefined)
      store.commit({ type: "drop-version", bucket: name, key, versionId: NULL_VERSION });
    return { deleteMarker: false };
  }
  const record: DeleteMarkerRecord = {
    kind: "marker",
    versionId: versioning === "Enabled" ? newVersionId() : NULL_VERSION,
    modified: Date.now(),
  };
  store.commit({ type: "version", bucket: name, key, record });
  return { versionId: record.versionId, deleteMarker: true };
}

function checkEtag(bucket: Bucket, key: string, versionId: string | undefined, etag: string): void {
  const version = versionId === undefined ? bucket.current(key) : bucket.version(key, versionId);
  if (version?.kind !== "object") throw new S3Error("NoSuchKey", { details: { Key: key } });
  if (etag !== "*" && etag !== version.etag) throw preconditionFailed("If-Match");
}
