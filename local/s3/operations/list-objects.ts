import type { Call } from "../call";
import { checksumElement, type Checksum } from "../checksums/algorithms";
import { type Answer, xmlAnswer } from "../http/answer";
import { storageClass } from "../http/object-headers";
import { invalidArgument } from "../http/s3-error";
import { canonicalUser } from "../ids";
import type { Bucket } from "../store/bucket";
import type { ObjectRecord } from "../store/records";
import { groupOf, walk, type WalkEntry } from "../store/walk";
import { element, type XmlElement } from "../xml/write";
import { keyWriter, type KeyWriter, limitOf } from "./list-parameters";
import { bucketOf } from "./lookup";

interface Page {
  readonly entries: readonly WalkEntry[];
  readonly truncated: boolean;
}

interface PageStart {
  readonly after: string;
  readonly afterGroup: string | undefined;
}

function pageOf(call: Call, bucket: Bucket, start: PageStart): Page {
  const { query } = call.request;
  const limit = limitOf(query, "max-keys");
  const entries: WalkEntry[] = [];
  if (limit === 0) return { entries, truncated: false };
  const listing = walk(bucket.keys, {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    ...start,
    accept: (key) => bucket.current(key) !== undefined,
  });
  for (const entry of listing) {
    if (entries.length === limit) return { entries, truncated: true };
    entries.push(entry);
  }
  return { entries, truncated: false };
}

/** ListObjectsV2. */
export function listObjectsV2(call: Call): Answer {
  const { query } = call.request;
  const bucket = bucketOf(call);
  const write = keyWriter(query);
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after");
  const start =
    token === undefined ? { after: startAfter ?? "", afterGroup: undefined } : readToken(token);
  const page = pageOf(call, bucket, start);
  const owner = query.get("fetch-owner") === "true" ? ownerOf(call) : undefined;
  const last = page.entries.at(-1);
  return xmlAnswer(
    element("ListBucketResult", [
      ...commonElements(call, bucket, write, page),
      element("KeyCount", page.entries.length),
      element("ContinuationToken", token),
      element(
        "NextContinuationToken",
        page.truncated && last !== undefined ? writeToken(last) : undefined,
      ),
      element("StartAfter", startAfter === undefined ? undefined : write(startAfter)),
      ...entryElements(bucket, write, page.entries, owner),
    ]),
  );
}

/** ListObjects, the older form. */
export function listObjects(call: Call): Answer {
  const { query } = call.request;
  const bucket = bucketOf(call);
  const write = keyWriter(query);
  const marker = query.get("marker") ?? "";
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  // The marker of a page that ended with a group is the group: none of its keys is listed again.
  const afterGroup =
    marker.startsWith(prefix) && groupOf(marker, prefix, delimiter) === marker ? marker : undefined;
  const page = pageOf(call, bucket, { after: marker, afterGroup });
  const last = page.entries.at(-1);
  const next = last === undefined ? undefined : textOf(last);
  return xmlAnswer(
    element("ListBucketResult", [
      ...commonElements(call, bucket, write, page),
      element("Marker", write(marker)),
      element(
        "NextMarker",
        page.truncated && delimiter !== "" && next !== undefined ? write(next) : undefined,
      ),
      ...entryElements(bucket, write, page.entries, ownerOf(call)),
    ]),
  );
}

function commonElements(call: Call, bucket: Bucket, write: KeyWriter, page: Page): XmlElement[] {
  const { query } = call.request;
  const delimiter = query.get("delimiter");
  return [
    element("Name", bucket.record.name),
    element("Prefix", write(query.get("prefix") ?? "")),
    element(
      "Delimiter",
      delimiter === undefined || delimiter === "" ? undefined : write(delimiter),
    ),
    element("MaxKeys", limitOf(query, "max-keys")),
    element("EncodingType", query.get("encoding-type")),
    element("IsTruncated", page.truncated),
  ];
}

function entryElements(
  bucket: Bucket,
  write: KeyWriter,
  entries: readonly WalkEntry[],
  owner: XmlElement | undefined,
): XmlElement[] {
  return entries.map((entry) => {
    if (entry.kind === "group")
      return element("CommonPrefixes", [element("Prefix", write(entry.group))]);
    const object = bucket.current(entry.key);
    return element("Contents", [
      element("Key", write(entry.key)),
      ...(object === undefined ? [] : objectElements(object)),
      ...(owner === undefined ? [] : [owner]),
    ]);
  });
}

/** What listings tell of an object. */
export function objectElements(object: ObjectRecord): XmlElement[] {
  return [
    element("LastModified", listDate(object.modified)),
    element("ETag", `"${object.etag}"`),
    element("ChecksumAlgorithm", object.checksum?.algorithm),
    element("ChecksumType", object.checksum?.type),
    element("Size", object.size),
    element("StorageClass", storageClass(object.headers)),
  ];
}

/** A checksum as an element of its own name. */
export function checksumElements(checksum: Checksum | undefined): XmlElement[] {
  return checksum === undefined
    ? []
    : [element(checksumElement(checksum.algorithm), checksum.value)];
}

/** Dates of listings are of whole seconds, as in the headers. */
export function listDate(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString();
}

/** The owner of everything. */
export function ownerOf(call: Call): XmlElement {
  return element("Owner", [element("ID", canonicalUser(call.service.account))]);
}

function textOf(entry: WalkEntry): string {
  return entry.kind === "key" ? entry.key : entry.group;
}

function writeToken(last: WalkEntry): string {
  return Buffer.from(`${last.kind === "key" ? "k" : "g"}${textOf(last)}`, "utf8").toString(
    "base64url",
  );
}

function readToken(token: string): PageStart {
  const text = Buffer.from(token, "base64url").toString("utf8");
  const after = text.slice(1);
  if (!/^[kg]/u.test(text))
    throw invalidArgument(
      "The continuation token provided is incorrect",
      "continuation-token",
      token,
    );
  return { after, afterGroup: text.startsWith("g") ? after : undefined };
}
