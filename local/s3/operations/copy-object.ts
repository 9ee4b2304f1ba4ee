import type { Call } from "../call";
import {
  algorithmNamed,
  type Checksum,
  checksumElement,
  type ChecksumAlgorithm,
} from "../checksums/algorithms";
import { type Answer, xmlAnswer } from "../http/answer";
import { MAX_PUT_BYTES } from "../http/body-plan";
import { judgeWrite, writeCondition } from "../http/conditions";
import { encryptionHeaders, readObjectHeaders, withoutPlacement } from "../http/object-headers";
import { versionHeader } from "../http/read-headers";
import { header } from "../http/request";
import { invalidArgument, invalidRequest } from "../http/s3-error";
import { opaqueEtag } from "../ids";
import type { ObjectRecord } from "../store/records";
import { element } from "../xml/write";
import { type CopySource, copySourceOf } from "./copy-source";
import { bucketOf, isVersioned, keyOf } from "./lookup";
import { digestOf } from "./object-checksum";
import { commitObject } from "./write-object";

/** CopyObject. The copy shares the bytes of its source. */
export async function copyObject(call: Call): Promise<Answer> {
  const key = keyOf(call);
  const condition = writeCondition(call.request.headers);
  const before = bucketOf(call);
  const source = copySourceOf(call);
  const headers = copiedHeaders(call, source);
  if (source.object.size > MAX_PUT_BYTES)
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${String(MAX_PUT_BYTES)}`,
    );
  const { object } = source;
  const watch = condition === undefined ? undefined : before.watch(key);
  const release = call.service.store.hold(object.pieces);
  try {
    const checksum = await copiedChecksum(call, object);
    const bucket = bucketOf(call);
    judgeWrite(condition, bucket, key, watch);
    const etag = object.etag.includes("-") ? opaqueEtag() : object.etag;
    const { pieces, size } = object;
    const copy = { size, etag, pieces, headers, checksum };
    const record = commitObject(call, bucket, key, copy, "CopyObject");
    return xmlAnswer(
      element("CopyObjectResult", [
        element("LastModified", new Date(record.modified).toISOString()),
        element("ETag", `"${record.etag}"`),
        element("ChecksumType", checksum?.type),
        ...(checksum === undefined
          ? []
          : [element(checksumElement(checksum.algorithm), checksum.value)]),
      ]),
      {
        ...encryptionHeaders(headers),
        ...versionHeader(record, isVersioned(bucket)),
        ...(isVersioned(source.bucket) ? { "x-amz-copy-source-version-id": object.versionId } : {}),
      },
    );
  } finally {
    release();
    watch?.end();
  }
}

function copiedHeaders(call: Call, source: CopySource): Record<string, string> {
  const directive = header(call.request.headers, "x-amz-metadata-directive") ?? "COPY";
  const own = readObjectHeaders(call.request.headers);
  if (directive === "REPLACE") return own;
  if (directive !== "COPY")
    throw invalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", directive);
  const placement = Object.entries(own).filter(
    ([name]) => name === "x-amz-storage-class" || name.startsWith("x-amz-server-side-encryption"),
  );
  if (changesNothing(call, source))
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  return { ...withoutPlacement(source.object.headers), ...Object.fromEntries(placement) };
}

function changesNothing({ request }: Call, { bucket, key, versionId }: CopySource): boolean {
  return (
    request.bucket === bucket.record.name &&
    request.key === key &&
    versionId === undefined &&
    request.headers["x-amz-storage-class"] === undefined &&
    request.headers["x-amz-server-side-encryption"] === undefined
  );
}

/** A copy has the checksum that is asked for, else one of its source's kind; always of the full object. */
async function copiedChecksum(call: Call, source: ObjectRecord): Promise<Checksum | undefined> {
  const asked = header(call.request.headers, "x-amz-checksum-algorithm");
  const algorithm: ChecksumAlgorithm | undefined =
    asked === undefined ? source.checksum?.algorithm : algorithmNamed(asked);
  if (algorithm === undefined) {
    if (asked !== undefined) throw unsupportedAlgorithm();
    return undefined;
  }
  const known = source.checksum;
  if (known?.algorithm === algorithm && known.type === "FULL_OBJECT") return known;
  const digest = await digestOf(call.service.store, source.pieces, algorithm);
  return { algorithm, type: "FULL_OBJECT", value: digest.toString("base64") };
}

/** The error for a checksum algorithm that does not exist here. */
export function unsupportedAlgorithm(): Error {
  return invalidRequest(
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
  );
}
