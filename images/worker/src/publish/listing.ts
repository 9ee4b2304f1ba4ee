import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { nameFailure } from "../step/name-failure";
import { decodeListedKey, plainEtag, type Target } from "../upload/target";

/** An object as a listing shows it. */
export interface ListedObject {
  readonly size: number;
  readonly etag: string;
}

/** Lists all objects below a prefix, by key. */
export async function listObjects(
  target: Target,
  prefix: string,
): Promise<ReadonlyMap<string, ListedObject>> {
  try {
    return await listAll(target, prefix);
  } catch (error) {
    const what = `${JSON.stringify(`${prefix}*`)} in the bucket ${JSON.stringify(target.bucket)} could not be listed`;
    throw nameFailure(error, what, target.signal);
  }
}

async function listAll(
  { client, bucket, signal }: Target,
  prefix: string,
): Promise<ReadonlyMap<string, ListedObject>> {
  const objects = new Map<string, ListedObject>();
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ContinuationToken: token,
        // The answer is XML, which can not hold every character that a key may hold.
        EncodingType: "url",
      }),
      { abortSignal: signal },
    );
    for (const { Key = "", Size = 0, ETag } of page.Contents ?? [])
      objects.set(decodeListedKey(Key, page.EncodingType), {
        size: Size,
        etag: plainEtag(ETag),
      });
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
  return objects;
}
