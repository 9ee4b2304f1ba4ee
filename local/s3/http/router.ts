import type { S3Request } from "./request";
import { S3Error } from "./s3-error";

/** Names of the operations, as AWS has them. */
export const OPERATIONS = [
  "AbortMultipartUpload",
  "CompleteMultipartUpload",
  "CopyObject",
  "CreateBucket",
  "CreateMultipartUpload",
  "DeleteBucket",
  "DeleteObject",
  "DeleteObjects",
  "GetBucketLocation",
  "GetBucketVersioning",
  "GetObject",
  "HeadBucket",
  "HeadObject",
  "ListBuckets",
  "ListMultipartUploads",
  "ListObjectVersions",
  "ListObjects",
  "ListObjectsV2",
  "ListParts",
  "PutBucketVersioning",
  "PutObject",
  "UploadPart",
  "UploadPartCopy",
] as const;

/** Name of an operation. */
export type OperationName = (typeof OPERATIONS)[number];

/**
 * Parameters that make a request one for something else. Without this list `PUT /bucket/key?tagging` would overwrite the
 * object with its tags.
 */
const ELSEWHERE = new Set([
  "abac",
  "accelerate",
  "acl",
  "analytics",
  "annotation",
  "append",
  "attributes",
  "cors",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "lifecycle",
  "logging",
  "metadataConfiguration",
  "metadataTable",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "renameObject",
  "replication",
  "requestPayment",
  "restore",
  "retention",
  "select",
  "session",
  "tagging",
  "torrent",
  "website",
]);

/** Says which operation a request is; throws `NotImplemented` or `MethodNotAllowed`. */
export function routeRequest(request: S3Request): OperationName {
  for (const name of request.query.keys())
    if (ELSEWHERE.has(name))
      throw new S3Error("NotImplemented", {
        message: "A parameter you provided implies functionality that is not implemented",
        details: { Parameter: name },
      });
  const operation =
    request.bucket === undefined
      ? routeService(request)
      : request.key === undefined
        ? routeBucket(request)
        : routeObject(request);
  if (operation === undefined)
    throw new S3Error("MethodNotAllowed", { details: { Method: request.method } });
  return operation;
}

function routeService({ method }: S3Request): OperationName | undefined {
  return method === "GET" ? "ListBuckets" : undefined;
}

function routeBucket({ method, query }: S3Request): OperationName | undefined {
  switch (method) {
    case "PUT":
      return query.has("versioning") ? "PutBucketVersioning" : "CreateBucket";
    case "HEAD":
      return "HeadBucket";
    case "DELETE":
      return "DeleteBucket";
    case "POST":
      return query.has("delete") ? "DeleteObjects" : undefined;
    case "GET":
      if (query.has("location")) return "GetBucketLocation";
      if (query.has("versioning")) return "GetBucketVersioning";
      if (query.has("versions")) return "ListObjectVersions";
      if (query.has("uploads")) return "ListMultipartUploads";
      return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
    default:
      return undefined;
  }
}

function routeObject({ method, query, headers }: S3Request): OperationName | undefined {
  const copies = headers["x-amz-copy-source"] !== undefined;
  const upload = query.has("uploadId");
  switch (method) {
    case "PUT":
      if (upload || query.has("partNumber")) return copies ? "UploadPartCopy" : "UploadPart";
      return copies ? "CopyObject" : "PutObject";
    case "GET":
      return upload ? "ListParts" : "GetObject";
    case "HEAD":
      return "HeadObject";
    case "DELETE":
      return upload ? "AbortMultipartUpload" : "DeleteObject";
    case "POST":
      if (query.has("uploads")) return "CreateMultipartUpload";
      return upload ? "CompleteMultipartUpload" : undefined;
    default:
      return undefined;
  }
}
