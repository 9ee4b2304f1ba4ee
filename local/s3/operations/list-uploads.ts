import type { Call } from "../call";
import { type Answer, xmlAnswer } from "../http/answer";
import { storageClass } from "../http/object-headers";
import type { Bucket } from "../store/bucket";
import { compareKeys } from "../store/key-index";
import type { UploadRecord } from "../store/records";
import { groupOf } from "../store/walk";
import { element, type XmlElement } from "../xml/write";
import { listDate, ownerOf } from "./list-objects";
import { keyWriter, type KeyWriter, limitOf } from "./list-parameters";
import { bucketOf } from "./lookup";
import { initiatorOf } from "./uploads";

type Entry =
  | { readonly kind: "group"; readonly group: string }
  | { readonly kind: "upload"; readonly record: UploadRecord };

/** ListMultipartUploads. */
export function listMultipartUploads(call: Call): Answer {
  const { query } = call.request;
  const bucket = bucketOf(call);
  const write = keyWriter(query);
  const limit = limitOf(query, "max-uploads");
  const all = entriesOf(bucket, query);
  const page = all.slice(0, limit);
  const truncated = limit > 0 && all.length > page.length;
  const last = truncated ? page.at(-1) : undefined;
  const delimiter = query.get("delimiter");
  const nextKey = last === undefined ? "" : last.kind === "group" ? last.group : last.record.key;
  return xmlAnswer(
    element("ListMultipartUploadsResult", [
      element("Bucket", bucket.record.name),
      element("KeyMarker", write(query.get("key-marker") ?? "")),
      element("UploadIdMarker", query.get("upload-id-marker") ?? ""),
      element("NextKeyMarker", write(nextKey)),
      element("NextUploadIdMarker", last?.kind === "upload" ? last.record.uploadId : ""),
      element("Prefix", write(query.get("prefix") ?? "")),
      element(
        "Delimiter",
        delimiter === undefined || delimiter === "" ? undefined : write(delimiter),
      ),
      element("EncodingType", query.get("encoding-type")),
      element("MaxUploads", limit),
      element("IsTruncated", truncated),
      ...page.map((entry) => entryElement(call, entry, write)),
    ]),
  );
}

/** Uploads after the markers, by key and then by age; uploads whose keys share a group are one entry. */
function entriesOf(bucket: Bucket, query: ReadonlyMap<string, string>): Entry[] {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const keyMarker = query.get("key-marker") ?? "";
  const idMarker = keyMarker === "" ? "" : (query.get("upload-id-marker") ?? "");
  const groups = new Set<string>();
  const entries: Entry[] = [];
  const records = [...bucket.uploads.values()]
    .map(({ record }) => record)
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => compareKeys(a.key, b.key) || (a.uploadId < b.uploadId ? -1 : 1));
  for (const record of records) {
    const order = compareKeys(record.key, keyMarker);
    if (order < 0 || (order === 0 && (idMarker === "" || record.uploadId <= idMarker))) continue;
    const group = groupOf(record.key, prefix, delimiter);
    if (group === undefined) entries.push({ kind: "upload", record });
    // A marker that is a group stands for all of it.
    else if (group !== keyMarker && !groups.has(group)) {
      groups.add(group);
      entries.push({ kind: "group", group });
    }
  }
  return entries;
}

function entryElement(call: Call, entry: Entry, write: KeyWriter): XmlElement {
  if (entry.kind === "group")
    return element("CommonPrefixes", [element("Prefix", write(entry.group))]);
  const { record } = entry;
  return element("Upload", [
    element("Key", write(record.key)),
    element("UploadId", record.uploadId),
    element("Initiator", initiatorOf(call)),
    ownerOf(call),
    element("StorageClass", storageClass(record.headers)),
    element("Initiated", listDate(record.initiated)),
    element("ChecksumAlgorithm", record.checksum?.algorithm),
    element("ChecksumType", record.checksum?.type),
  ]);
}
