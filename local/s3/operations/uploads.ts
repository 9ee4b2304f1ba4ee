import type { Call } from "../call";
import { type Answer, plain, xmlAnswer } from "../http/answer";
import { storageClass } from "../http/object-headers";
import { invalidArgument } from "../http/s3-error";
import { canonicalUser } from "../ids";
import type { PartRecord, UploadRecord } from "../store/records";
import { element, type XmlElement } from "../xml/write";
import { checksumElements, listDate, ownerOf } from "./list-objects";
import { limitOf } from "./list-parameters";
import { bucketOf, uploadOf } from "./lookup";

/** AbortMultipartUpload. */
export function abortMultipartUpload(call: Call): Answer {
  const bucket = bucketOf(call);
  const { uploadId } = uploadOf(call, bucket).record;
  call.service.store.commit({ type: "drop-upload", bucket: bucket.record.name, uploadId });
  return plain(204);
}

/** ListParts. */
export function listParts(call: Call): Answer {
  const { query } = call.request;
  const bucket = bucketOf(call);
  const { record, parts } = uploadOf(call, bucket);
  const limit = limitOf(query, "max-parts");
  const marker = markerOf(query);
  const rest = [...parts.values()]
    .filter(({ partNumber }) => partNumber > marker)
    .sort((a, b) => a.partNumber - b.partNumber);
  const page = rest.slice(0, limit);
  return xmlAnswer(
    element("ListPartsResult", [
      element("Bucket", bucket.record.name),
      element("Key", record.key),
      element("UploadId", record.uploadId),
      element("PartNumberMarker", marker),
      element("NextPartNumberMarker", page.at(-1)?.partNumber ?? 0),
      element("MaxParts", limit),
      element("IsTruncated", rest.length > page.length),
      ...page.map((part) => partElement(record, part)),
      element("Initiator", initiatorOf(call)),
      ownerOf(call),
      element("StorageClass", storageClass(record.headers)),
      element("ChecksumAlgorithm", record.checksum?.algorithm),
      element("ChecksumType", record.checksum?.type),
    ]),
  );
}

/** Who began an upload: here always the account itself. */
export function initiatorOf(call: Call): XmlElement[] {
  return [element("ID", canonicalUser(call.service.account))];
}

function partElement({ checksum }: UploadRecord, part: PartRecord): XmlElement {
  return element("Part", [
    element("PartNumber", part.partNumber),
    element("LastModified", listDate(part.modified)),
    element("ETag", `"${part.etag}"`),
    element("Size", part.size),
    ...(checksum === undefined || part.checksum === undefined
      ? []
      : checksumElements({ ...checksum, value: part.checksum })),
  ]);
}

function markerOf(query: ReadonlyMap<string, string>): number {
  const text = query.get("part-number-marker") ?? "";
  if (text === "") return 0;
  if (!/^\d{1,9}$/u.test(text))
    throw invalidArgument(
      "Provided part-number-marker not an integer or within integer range",
      "part-number-marker",
      text,
    );
  return Number(text);
}
