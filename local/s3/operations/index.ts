import type { Operation } from "../call";
import type { OperationName } from "../http/router";
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
  putBucketVersioning,
} from "./buckets";
import { completeMultipartUpload } from "./complete-upload";
import { copyObject } from "./copy-object";
import { createMultipartUpload } from "./create-upload";
import { deleteObject } from "./delete-object";
import { deleteObjects } from "./delete-objects";
import { getObject } from "./get-object";
import { listObjects, listObjectsV2 } from "./list-objects";
import { listMultipartUploads } from "./list-uploads";
import { listObjectVersions } from "./list-versions";
import { putObject } from "./put-object";
import { uploadPart, uploadPartCopy } from "./upload-part";
import { abortMultipartUpload, listParts } from "./uploads";

/** What does each operation. */
export const OPERATION_HANDLERS: Readonly<Record<OperationName, Operation>> = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateBucket: createBucket,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
  GetObject: getObject,
  HeadBucket: headBucket,
  HeadObject: getObject,
  ListBuckets: listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjectVersions: listObjectVersions,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListParts: listParts,
  PutBucketVersioning: putBucketVersioning,
  PutObject: putObject,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
};
