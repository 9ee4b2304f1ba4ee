import { type Checksum, type ChecksumAlgorithm, startChecksum } from "../checksums/algorithms";
import type { Piece } from "../store/blobs";
import type { ObjectRecord } from "../store/records";
import type { Store } from "../store/store";

/** Works out a checksum by reading the content. */
export async function digestOf(
  store: Store,
  pieces: readonly Piece[],
  algorithm: ChecksumAlgorithm,
): Promise<Buffer> {
  const running = startChecksum(algorithm);
  const release = store.hold(pieces);
  try {
    for await (const piece of store.read(pieces)) running.update(piece);
  } finally {
    release();
  }
  return running.digest();
}

const LATER = new WeakMap<ObjectRecord, Promise<Checksum>>();

/**
 * The checksum of an object. S3 gives a CRC64NVME to objects that came without any; here it is worked out when somebody
 * asks for the first time, because it would slow down every upload.
 */
export function objectChecksum(store: Store, object: ObjectRecord): Promise<Checksum> {
  if (object.checksum !== undefined) return Promise.resolve(object.checksum);
  let later = LATER.get(object);
  if (later === undefined) {
    later = digestOf(store, object.pieces, "CRC64NVME").then((digest) => ({
      algorithm: "CRC64NVME",
      type: "FULL_OBJECT",
      value: digest.toString("base64"),
    }));
    LATER.set(object, later);
  }
  return later;
}
