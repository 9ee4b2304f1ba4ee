import type { Call } from "../call";
import { type Answer, xmlAnswer } from "../http/answer";
import { invalidArgument } from "../http/s3-error";
import type { Bucket } from "../store/bucket";
import type { VersionRecord } from "../store/records";
import { groupOf, walk } from "../store/walk";
import { element, type XmlElement } from "../xml/write";
import { listDate, objectElements, ownerOf } from "./list-objects";
import { keyWriter, type KeyWriter, limitOf } from "./list-parameters";
import { bucketOf } from "./lookup";

type Entry =
  | { readonly kind: "group"; readonly group: string }
  | {
      readonly kind: "version";
      readonly key: string;
      readonly version: VersionRecord;
      readonly latest: boolean;
    };

/** ListObjectVersions. */
export function listObjectVersions(call: Call): Answer {
  const { query } = call.request;
  const bucket = bucketOf(call);
  const write = keyWriter(query);
  const limit = limitOf(query, "max-keys");
  const entries: Entry[] = [];
  let truncated = false;
  for (const entry of limit === 0 ? [] : versionsOf(bucket, query)) {
    truncated = entries.length === limit;
    if (truncated) break;
    entries.push(entry);
  }
  const last = truncated ? entries.at(-1) : undefined;
  const delimiter = query.get("delimiter");
  return xmlAnswer(
    element("ListVersionsResult", [
      element("Name", bucket.record.name),
      element("Prefix", write(query.get("prefix") ?? "")),
      element("KeyMarker", write(query.get("key-marker") ?? "")),
      element("VersionIdMarker", query.get("version-id-marker") ?? ""),
      element("NextKeyMarker", last === undefined ? undefined : write(lastText(last))),
      element("NextVersionIdMarker", last?.kind === "version" ? last.version.versionId : undefined),
      element(
        "Delimiter",
        delimiter === undefined || delimiter === "" ? undefined : write(delimiter),
      ),
      element("MaxKeys", limit),
      element("EncodingType", query.get("encoding-type")),
      element("IsTruncated", truncated),
      ...entries.map((entry) => entryElement(entry, write, ownerOf(call))),
    ]),
  );
}

function* versionsOf(bucket: Bucket, query: ReadonlyMap<string, string>): Generator<Entry> {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const marker = query.get("key-marker") ?? "";
  const versionMarker = query.get("version-id-marker") ?? "";
  if (versionMarker !== "" && marker === "")
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      versionMarker,
    );
  const listing = walk(bucket.keys, {
    prefix,
    delimiter,
    after: marker,
    inclusive: versionMarker !== "",
    afterGroup:
      versionMarker === "" && groupOf(marker, prefix, delimiter) === marker ? marker : undefined,
    accept: () => true,
  });
  for (const entry of listing) {
    if (entry.kind === "group") {
      yield entry;
      continue;
    }
    const versions = bucket.versions(entry.key);
    // A marker that was deleted since the last page can not be found again: the key's versions start anew.
    const first =
      entry.key === marker
        ? versions.findIndex(({ versionId }) => versionId === versionMarker) + 1
        : 0;
    for (const version of versions.slice(first))
      yield { kind: "version", key: entry.key, version, latest: version === versions[0] };
  }
}

function entryElement(entry: Entry, write: KeyWriter, owner: XmlElement): XmlElement {
  if (entry.kind === "group")
    return element("CommonPrefixes", [element("Prefix", write(entry.group))]);
  const { key, version, latest } = entry;
  const isObject = version.kind === "object";
  return element(isObject ? "Version" : "DeleteMarker", [
    element("Key", write(key)),
    element("VersionId", version.versionId),
    element("IsLatest", latest),
    ...(isObject ? objectElements(version) : [element("LastModified", listDate(version.modified))]),
    owner,
  ]);
}

function lastText(entry: Entry): string {
  return entry.kind === "group" ? entry.group : entry.key;
}
