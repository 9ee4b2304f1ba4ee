import type { BucketRole, Partner, PartnerStep } from "./partner-schema";
import type { Reader } from "./readers";
import { targetOf } from "./stable-keys";

/** Places in a bucket: each a folder that ends in `/` (or the whole bucket, `""`), or one key. */
export type Places = readonly string[];

/** Where the steps of an order deliver to in a bucket of the partner: prefixes, and keys that stay. */
export function deliveredTo(partner: Partner, bucket: BucketRole): Places {
  return sorted(
    Object.entries(partner.steps).flatMap(([name, step]) => {
      const target = targetOf(partner, name);
      if (target?.to !== bucket) return [];
      return [
        ...("prefix" in step ? [step.prefix] : []),
        ...("stable" in step ? Object.keys(step.stable ?? {}) : []),
        ...("files" in step && step.files !== "" ? [beforeOrderId(step.files)] : []),
      ];
    }),
  );
}

/** What else of the partner's is in a bucket: what triggers wait for, and what steps work on. */
export function takenFrom({ triggers, steps }: Partner, bucket: BucketRole): Places {
  return sorted([
    ...Object.values(triggers).flatMap((one) =>
      one.kind === "s3Object" && one.bucket === bucket ? [one.prefix] : [],
    ),
    ...Object.values<PartnerStep>(steps).flatMap((step) =>
      step.kind === "process" && step.input.from === "list" && step.input.bucket === bucket
        ? [step.input.prefix]
        : [],
    ),
  ]);
}

/** What a reader may read: as its settings say, or everything that is delivered to the bucket. */
export function readerPlaces(partner: Partner, reader: Reader): Places {
  return sorted(reader.prefixes ?? deliveredTo(partner, reader.from));
}

/** Whether a place stands for many keys. */
export const isFolder = (place: string): boolean => place === "" || place.endsWith("/");

/** The folder that all orders are in: what they are called is not known before. */
const beforeOrderId = (files: string): string => {
  const [before = ""] = files.split("{orderId}");
  return before.slice(0, before.lastIndexOf("/") + 1);
};

/** Each once, and none that lies in another. */
function sorted(places: Places): Places {
  return [...new Set(places)]
    .sort()
    .filter((place, _, all) => !all.some((one) => holds(one, place)));
}

const holds = (outer: string, inner: string): boolean =>
  outer !== inner && isFolder(outer) && inner.startsWith(outer);

/** Whether a place is, or lies in, one of some. */
export const isWithin = (place: string, places: Places): boolean =>
  places.some((one) => one === place || holds(one, place));
