import type { Grant } from "../iam";
import {
  abortUploads,
  listPrefix,
  listUploads,
  putObjects,
  readObjects,
  readVersions,
  writeObjects,
} from "../s3";
import { bucketRef, ledgerRef } from "./bucket-refs";
import { mergedStep } from "./process-settings";
import { bucketOf, type ResolvedPartner, type ResolvedStep } from "./resolved-partner";
import { stableGrants } from "./stable-keys";
import { objectTriggers } from "./triggers";

type Of<K extends string> = Extract<ResolvedStep["settings"], { kind: K }>;

/** What a step that works on many files may do: read its list and its files, and write results below its prefix. */
export function processGrants(
  resolved: ResolvedPartner,
  { from }: ResolvedStep,
  { input, to, prefix }: Of<"process">,
): Grant[] {
  const target = bucketRef(resolved, bucketOf(resolved, to));
  const results = { id: "Results", from };
  return [
    ...(input.from === "list"
      ? [...listGrants(resolved, from), ...fileGrants(resolved, from, input)]
      : deliveredGrants(resolved, from, input.step)),
    ...writeObjects(target, [`${prefix}*`], { ...results, why: "put results where readers look" }),
    ...readObjects(target, [`${prefix}*`], {
      ...results,
      why: "compare what an earlier try delivered, to go on from there",
    }),
    listPrefix(target, [prefix], {
      ...results,
      why: "find what an earlier try delivered, to go on from there",
    }),
  ];
}

/** A line of the list may name the version of a file. */
function fileGrants(
  resolved: ResolvedPartner,
  from: string,
  { bucket, prefix }: Extract<Of<"process">["input"], { from: "list" }>,
): Grant[] {
  const place = bucketRef(resolved, bucketOf(resolved, bucket));
  const reason = { id: "Files", why: "load the files that the list names", from };
  const keys = [`${prefix}*`];
  return [...readObjects(place, keys, reason), readVersions(place, keys, reason)];
}

/** What a merge may do: read the parts, list the results, write the manifest. */
export function mergeGrants(
  resolved: ResolvedPartner,
  { from }: ResolvedStep,
  settings: Of<"merge">,
): Grant[] {
  const { to, prefix } = mergedStep(resolved, settings);
  const made = bucketOf(resolved, to);
  const bucket = bucketRef(resolved, made);
  const own = resolved.partner.id;
  return [
    ...stableGrants(bucket, settings, from, [`${prefix}*/files/*`]),
    ...readObjects(
      bucket,
      ["files/*", "parts/*", "manifest.json"].map((below) => `${prefix}*/${below}`),
      {
        id: "Parts",
        why: "read what the children told, an earlier manifest, and its files, to verify them",
        from,
      },
    ),
    // The bucket of somebody else may hold uploads of others: its life cycle removes them there.
    ...(made.kind === "create"
      ? [
          listUploads(bucket, {
            id: "Stopped",
            why: "find uploads that a stopped child began and nobody goes on with",
            from,
          }),
          abortUploads(bucket, [`${prefix}*/files/*`], {
            id: "Stopped",
            why: "remove uploads that a stopped child began and nobody goes on with",
            from,
          }),
        ]
      : []),
    ...putObjects(bucket, [`${prefix}*/manifest.json`], {
      id: "Manifest",
      why: "write the manifest that makes one delivery of all parts",
      from,
    }),
    listPrefix(bucket, [prefix], {
      id: "Parts",
      why: "find all parts, and check that all of the delivery is there",
      from,
    }),
    ...putObjects(ledgerRef(resolved), [`${own}/days/*.delivered.json`], {
      id: "Delivered",
      why: "tell the ledger that the order was delivered",
      from,
    }),
  ];
}

/** Read what starts orders, at the very version that did. */
export function listGrants(resolved: ResolvedPartner, from: string): Grant[] {
  return objectTriggers(resolved.partner).flatMap(
    ([trigger, { bucket, prefix, suffix }], index) => {
      const place = bucketRef(resolved, bucketOf(resolved, bucket));
      const reason = {
        id: index === 0 ? "FileList" : `FileList${String(index + 1)}`,
        why: `read the list of files that started the order through ${trigger}`,
        from,
      };
      const keys = [`${prefix}*${suffix}`];
      return [...readObjects(place, keys, reason), readVersions(place, keys, reason)];
    },
  );
}

function deliveredGrants(resolved: ResolvedPartner, from: string, step: string): Grant[] {
  const source = resolved.partner.steps[step];
  if (source === undefined || !("to" in source))
    throw new Error(`step ${JSON.stringify(step)} delivers nothing`);
  const bucket = bucketRef(resolved, bucketOf(resolved, source.to));
  const stable =
    source.kind === "unpack" && source.files !== ""
      ? [`${source.files.replaceAll("{orderId}", "*")}*`]
      : [];
  const reason = { id: "Delivered", why: `load what step ${step} delivered`, from };
  const keys = [`${source.prefix}*`, ...stable];
  return [
    ...readObjects(bucket, keys, reason),
    // The manifest names the version of each file.
    readVersions(bucket, keys, reason),
    listPrefix(bucket, [source.prefix], {
      ...reason,
      why: `find the manifest of what step ${step} delivered`,
    }),
  ];
}
