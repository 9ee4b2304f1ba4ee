import type { Call } from "../call";
import { type Checksum } from "../checksums/algorithms";
import type { CreationReason } from "../events";
import { receiveBody } from "../http/body";
import type { Received } from "../http/body-checks";
import type { BodyPlan } from "../http/body-plan";
import { newVersionId, opaqueEtag } from "../ids";
import type { Piece } from "../store/blobs";
import type { Bucket } from "../store/bucket";
import { type Change, NULL_VERSION, type ObjectRecord } from "../store/records";

/** Content that lies in the store but belongs to nothing yet. */
export interface StoredBody {
  readonly pieces: readonly Piece[];
  readonly received: Received;
  readonly etag: string;
  /** Gives the content up. */
  discard(): void;
}

/** Reads a request's body into the store. When it fails, nothing of it remains. */
export async function storeBody(call: Call, plan: BodyPlan): Promise<StoredBody> {
  const { blobs } = call.service.store;
  const writer = blobs.write(plan.size);
  try {
    const received = await receiveBody(call.body, plan, writer);
    const etag = received.md5?.toString("hex") ?? opaqueEtag();
    if (received.size === 0) {
      writer.abort();
      return { pieces: [], received, etag, discard: () => undefined };
    }
    await writer.finish();
    const pieces = [{ blob: writer.id, start: 0, length: received.size }];
    const discard = (): void => {
      blobs.remove(writer.id);
    };
    return { pieces, received, etag, discard };
  } catch (fault) {
    writer.abort();
    throw fault;
  }
}

/** The checksum of a body of which one was checked. */
export function receivedChecksum({ checksum }: Received): Checksum | undefined {
  return checksum === undefined
    ? undefined
    : {
        algorithm: checksum.algorithm,
        type: "FULL_OBJECT",
        value: checksum.digest.toString("base64"),
      };
}

/** A new object but for what the bucket decides. */
export type NewObject = Omit<ObjectRecord, "kind" | "versionId" | "modified">;

/** Makes an object the newest version of its key, together with further changes, and tells of it. */
export function commitObject(
  call: Call,
  bucket: Bucket,
  key: string,
  object: NewObject,
  reason: CreationReason,
  further: readonly Change[] = [],
): ObjectRecord {
  const record: ObjectRecord = {
    kind: "object",
    versionId: bucket.record.versioning === "Enabled" ? newVersionId() : NULL_VERSION,
    modified: Date.now(),
    ...object,
  };
  const { store } = call.service;
  store.commit({ type: "version", bucket: bucket.record.name, key, record }, ...further);
  call.service.announce(bucket.record, key, record, reason, call.requestId);
  return record;
}
