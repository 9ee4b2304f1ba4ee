import { type ClaimRecord } from "../../modules/contract";

/** The event that a claimed order came by: handed over again, its run is found and gone on with. */
export function claimedEvent({
  orderId,
  orderKey,
  attempt,
  source,
  trigger,
}: ClaimRecord): unknown {
  if (attempt > 1)
    return {
      kind: "rerun",
      orderKey,
      attempt: attempt - 1,
      reason: "resumed",
      by: "orders resume",
    };
  switch (source.kind) {
    case "manual":
      return { kind: "manual", orderId, trigger };
    case "schedule":
      return { kind: "schedule", trigger, scheduledTime: source.scheduledTime };
    case "s3": {
      const { bucket, key, versionId, etag, sequencer } = source;
      return {
        source: "aws.s3",
        "detail-type": "Object Created",
        detail: {
          bucket: { name: bucket },
          object: {
            key,
            etag,
            sequencer,
            ...(versionId === undefined ? {} : { "version-id": versionId }),
          },
        },
      };
    }
  }
}
