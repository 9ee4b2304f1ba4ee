import { isFolder, type Reader, readerPlaces } from "../config";
import type { Grant } from "../iam";
import { listMatching, readObjects } from "../s3";
import { bucketRef } from "./bucket-refs";
import { bucketOf, type ResolvedPartner } from "./resolved-partner";

/** What a reader may do: list and read the places that its settings name, and nothing else. */
export function readerGrants(resolved: ResolvedPartner, name: string, reader: Reader): Grant[] {
  const patterns = readerPlaces(resolved.partner, reader).map((place) =>
    isFolder(place) ? `${place}*` : place,
  );
  const bucket = bucketRef(resolved, bucketOf(resolved, reader.from));
  const reason = { id: "Delivered", why: reader.reason, from: `readers.${name}` };
  return [...readObjects(bucket, patterns, reason), listMatching(bucket, patterns, reason)];
}
