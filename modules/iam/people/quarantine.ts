import type { Naming } from "../../core";
import type { Grant } from "../grant";
import { below, own, throughS3 } from "./conditions";
import { type Places, split } from "./places";

/** What `orders quarantine list` and `reject` do, and the half of `release` that is of the quarantine. */
export function deciding(naming: Naming, places: Places): Grant[] {
  const buckets = quarantines(naming, places);
  const from = "people.onCall";
  const of = (rest: string): string[] => buckets.map((bucket) => `${bucket}/quarantine/${rest}`);
  return [
    {
      id: "ListQuarantine",
      actions: ["s3:ListBucket"],
      resources: buckets,
      conditions: [...own(naming), below(["quarantine/*"])],
      why: "find what was held back",
      from,
    },
    {
      id: "ReadQuarantine",
      actions: ["s3:GetObject"],
      resources: of("*"),
      conditions: own(naming),
      why: "look at what was held back",
      from,
    },
    {
      id: "DecideQuarantine",
      actions: ["s3:PutObject"],
      resources: of("*/decision.json"),
      conditions: own(naming),
      why: "release what was held back, or reject it",
      from,
    },
    {
      id: "OperateKeys",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [naming.arn("kms", "key/*")],
      conditions: throughS3(naming, [named(naming), `${named(naming)}/*`]),
      why: "read quarantine and write decisions and actions, which are encrypted",
      from,
    },
  ];
}

/** Publishing what was held back. Where deliveries end is the user's choice, and never a platform's bucket by a pattern. */
export function releasing(naming: Naming, { releaseTo }: Places): Grant[] {
  if (releaseTo.length === 0) return [];
  const ledger = naming.bucketArn(naming.bucket("platform", "ledger"));
  const from = "people.onCall.releaseTo";
  const foreign = releaseTo.filter((place) => !isOwn(naming, place));
  return [
    {
      id: "Release",
      actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
      resources: releaseTo.map((place) => naming.bucketArn(`${place}*`)),
      conditions: own(naming),
      why: "publish what was held back, and compare it",
      from,
    },
    {
      id: "IndexReleased",
      actions: ["s3:PutObject"],
      resources: [`${ledger}/*/days/*.delivered.json`],
      conditions: own(naming),
      why: "put a released order into the index of its day",
      from,
    },
    ...(foreign.length === 0 ? [] : [foreignKeys(naming, foreign, from)]),
  ];
}

/** Buckets with names of the environment are in {@link deciding}; a user's own may have a key of its own. */
function foreignKeys(naming: Naming, places: readonly string[], from: string): Grant {
  return {
    id: "ReleaseKeys",
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: [naming.arn("kms", "key/*")],
    conditions: throughS3(naming, [
      ...new Set(
        places.flatMap((place) => {
          const bucket = naming.bucketArn(split(place).bucket);
          // With a bucket key the context is the bucket, without one the object.
          return [bucket, naming.bucketArn(`${place}*`), `${bucket}/quarantine/*`];
        }),
      ),
    ]),
    why: "publish what was held back into buckets that are encrypted",
    from,
  };
}

const named = (naming: Naming): string =>
  naming.bucketArn(`${naming.scope.prefix}--${naming.scope.environment}--*`);

const isOwn = ({ scope: { prefix, environment } }: Naming, place: string): boolean =>
  place.startsWith(`${prefix}--${environment}--`);

/** What is held back lies in the bucket that it would have been published to. */
function quarantines(naming: Naming, { releaseTo }: Places): string[] {
  const foreign = releaseTo
    .filter((place) => !isOwn(naming, place))
    .map((place) => naming.bucketArn(split(place).bucket));
  return [named(naming), ...new Set(foreign)];
}
