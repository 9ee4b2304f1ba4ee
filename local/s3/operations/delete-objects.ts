import type { Call } from "../call";
import { type Answer, xmlAnswer } from "../http/answer";
import { receiveText } from "../http/body";
import { planBody } from "../http/body-plan";
import { bareEtag } from "../http/conditions";
import { checkKeyLength } from "../http/request";
import { invalidRequest, S3Error } from "../http/s3-error";
import type { Bucket } from "../store/bucket";
import type { Store } from "../store/store";
import { childText, malformed, type ParsedElement, readDocument } from "../xml/read";
import { element, type XmlElement } from "../xml/write";
import { deleteKey } from "./delete-object";
import { bucketOf } from "./lookup";

const MAX_KEYS = 1000;
const MAX_XML_BYTES = 8 * 1024 * 1024;

/** DeleteObjects. */
export async function deleteObjects(call: Call): Promise<Answer> {
  bucketOf(call);
  const plan = planBody(call.request.headers);
  if (plan.md5 === undefined && plan.checksum === undefined)
    throw invalidRequest(
      "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
    );
  const { text } = await receiveText(call.body, plan, MAX_XML_BYTES);
  const document = readDocument(text, "Delete", ["Object", "Quiet"]);
  const quiet = childText(document, "Quiet") === "true";
  const targets = document.children.filter(({ name }) => name === "Object").map(readTarget);
  if (targets.length === 0 || targets.length > MAX_KEYS) throw malformed();
  const bucket = bucketOf(call);
  const results = targets.map((target) => deleteOne(call.service.store, bucket, target, quiet));
  return xmlAnswer(element("DeleteResult", results.flat()));
}

interface Target {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly etag: string | undefined;
}

function readTarget(object: ParsedElement): Target {
  const key = childText(object, "Key");
  if (key === undefined || key === "") throw malformed();
  const etag = childText(object, "ETag");
  return {
    key,
    versionId: childText(object, "VersionId"),
    etag: etag === undefined ? undefined : bareEtag(etag),
  };
}

function deleteOne(store: Store, bucket: Bucket, target: Target, quiet: boolean): XmlElement[] {
  const { key, versionId, etag } = target;
  try {
    checkKeyLength(key);
    const done = deleteKey(store, bucket, key, { versionId, etag });
    if (quiet) return [];
    return [
      element("Deleted", [
        element("Key", key),
        element("VersionId", versionId),
        element("DeleteMarker", done.deleteMarker ? true : undefined),
        element("DeleteMarkerVersionId", done.deleteMarker ? done.versionId : undefined),
      ]),
    ];
  } catch (fault) {
    if (!(fault instanceof S3Error)) throw fault;
    return [
      element("Error", [
        element("Key", key),
        element("VersionId", versionId),
        element("Code", fault.code),
        element("Message", fault.message),
      ]),
    ];
  }
}
