import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { takeContents, type ListedContent } from "../aws/listed-contents";
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

async function listAll(target: Target, prefix: string): Promise<ReadonlyMap<string, ListedObject>> {
  const objects = new Map<string, ListedObject>();
  for (let next: Promise<Page> | undefined = askFor(target, prefix); next !== undefined;) {
    const page: Page = await next;
    // The next page is on its way while this one is read.
    next = page.token === undefined ? undefined : askFor(target, prefix, page.token);
    next?.catch(() => undefined);
    for (const { key, size, etag } of page.read()) objects.set(key, { size, etag });
  }
  return objects;
}

interface Page {
  readonly token: string | undefined;
  readonly read: () => Iterable<ListedContent>;
}

async function askFor(
  { client, bucket, signal }: Target,
  prefix: string,
  after?: string,
): Promise<Page> {
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    ContinuationToken: after,
    // The answer is XML, which can not hold every character that a key may hold.
    EncodingType: "url",
  });
  const taken = takeContents(command);
  const page = await client.send(command, { abortSignal: signal });
  return {
    token: page.IsTruncated === true ? page.NextContinuationToken : undefined,
    read: function* () {
      for (const content of taken())
        yield { ...content, key: decodeListedKey(content.key, page.EncodingType) };
      for (const { Key = "", Size = 0, ETag } of page.Contents ?? [])
        yield {
          key: decodeListedKey(Key, page.EncodingType),
          size: Size,
          etag: plainEtag(ETag),
        };
    },
  };
}
