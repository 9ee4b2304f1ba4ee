import type { ManifestFile } from "../../../../modules/contract";
import type { ListedObject } from "../publish/listing";
import { lookAt, type Target } from "../upload/target";

/** Looks for what was written again, at once. */
const LOOKS_AT_ONCE = 32;

/** Files, and what a listing shows under their keys. */
export interface Shown {
  readonly files: readonly ManifestFile[];
  readonly listed: ReadonlyMap<string, ListedObject>;
}

/**
 * Takes files as they are now whose keys were written again with the same bytes: by a second worker of the same step, to
 * which Lambda handed the event twice, or that has not yet seen that it was taken over. Objects of the same bytes have
 * different etags where they were uploaded in parts or are encrypted with a key of KMS.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
export async function writtenAgain(target: Target, { files, listed }: Shown): Promise<Shown> {
  const now = new Map<string, ManifestFile>();
  const queue = files.filter(({ key, size, etag }) => {
    const object = listed.get(key);
    return object !== undefined && object.size === size && object.etag !== etag;
  });
  const look = async (): Promise<void> => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      const found = await lookAt(target, file);
      if (found.state !== "same") continue;
      const { etag, versionId } = found.object;
      now.set(file.key, { ...file, etag, ...(versionId === undefined ? {} : { versionId }) });
    }
  };
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, look));
  const again = [...now.values()].map(
    ({ key, size, etag }) => [key, { size, etag }] satisfies [string, ListedObject],
  );
  return {
    files: files.map((file) => now.get(file.key) ?? file),
    listed: new Map([...listed, ...again]),
  };
}
