import type { Call } from "../call";
import { judgeCopySource } from "../http/conditions";
import { header } from "../http/request";
import { invalidArgument, type S3Error } from "../http/s3-error";
import type { Bucket } from "../store/bucket";
import type { ObjectRecord } from "../store/records";
import { bucketNamed, findObject } from "./lookup";

/** What a copy is made of. */
export interface CopySource {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly object: ObjectRecord;
}

/** Finds the source that `x-amz-copy-source` names: `[/]bucket/key[?versionId=...]`, percent-encoded. */
export function copySourceOf(call: Call): CopySource {
  const text = header(call.request.headers, "x-amz-copy-source") ?? "";
  const mark = text.search(/\?versionId=[^?]*$/u);
  const versionId = mark === -1 ? undefined : text.slice(mark + "?versionId=".length);
  const path = decode(mark === -1 ? text : text.slice(0, mark), text).replace(/^\//u, "");
  const slash = path.indexOf("/");
  const key = path.slice(slash + 1);
  if (slash <= 0 || key === "") throw badSource(text);
  const name = path.slice(0, slash);
  const bucket = bucketNamed(call, name, "x-amz-source-expected-bucket-owner");
  const object = findObject(bucket, key, versionId);
  judgeCopySource(call.request.headers, object);
  return { bucket, key, versionId, object };
}

function decode(encoded: string, text: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    if (cause instanceof URIError) throw badSource(text);
    throw cause;
  }
}

function badSource(text: string): S3Error {
  return invalidArgument(
    "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
    "x-amz-copy-source",
    text,
  );
}
