import type { Grant } from "../iam";
import { listPrefix, readObjects, readVersions, writeObjects } from "../s3";
import { bucketRef } from "./bucket-refs";
import { bucketOf, type ResolvedPartner, type ResolvedStep } from "./resolved-partner";
import { objectTriggers } from "./triggers";

type UnpackingStep = Extract<ResolvedStep["settings"], { kind: "unpack" }>;

/** What a step that unpacks may do besides publishing: read what starts orders, and write to the stable keys of its files. */
export function unpackGrants(
  resolved: ResolvedPartner,
  { from }: ResolvedStep,
  { to, files, from: staged }: UnpackingStep,
): Grant[] {
  return [
    // What lies in staging is read through the mount.
    ...(staged === undefined ? objectTriggers(resolved.partner) : []).flatMap(
      ([trigger, { bucket, prefix, suffix }]) => {
        const place = bucketRef(resolved, bucketOf(resolved, bucket));
        const id = `Archive${pascal(trigger)}`;
        return [
          ...readObjects(place, [`${prefix}*${suffix}`], {
            id,
            why: "read the archive that started the order",
            from,
          }),
          readVersions(place, [`${prefix}*${suffix}`], {
            id,
            why: "read the very version that started the order, where the bucket keeps versions",
            from,
          }),
        ];
      },
    ),
    ...(files === "" ? [] : stableKeys(resolved, from, to, files)),
  ];
}

function stableKeys(
  resolved: ResolvedPartner,
  from: string,
  to: "landing" | "processed",
  files: string,
): Grant[] {
  const bucket = bucketRef(resolved, bucketOf(resolved, to));
  const pattern = files.replaceAll("{orderId}", "*");
  const reason = {
    id: "Files",
    why: "unpack to the stable keys that readers know, and compare what is there",
    from,
  };
  return [
    ...writeObjects(bucket, [`${pattern}*`], reason),
    ...readObjects(bucket, [`${pattern}*`], { ...reason, id: "FilesThere" }),
    listPrefix(bucket, [pattern], reason),
  ];
}

/** Ids of statements are letters and digits. */
function pascal(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/u)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}
