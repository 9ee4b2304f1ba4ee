import { PutObjectCommand } from "@aws-sdk/client-s3";
import { sendBody } from "../aws/send-body";
import { plainEtag, type Target, type Written } from "./target";

/** An object that is sent whole. */
export interface SmallObject {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string;
  /** Etag of the object that is written over. @default - the key must be free */
  readonly replaces?: string | undefined;
  /** Base64 of the CRC-32; S3 refuses a body that arrives damaged. */
  readonly crc32: string;
}

/** What has to hold for a key to be written: it is free, or holds what is written over. */
export function writeCondition(
  replaces: string | undefined,
): { readonly IfNoneMatch: "*" } | { readonly IfMatch: string } {
  return replaces === undefined ? { IfNoneMatch: "*" } : { IfMatch: `"${replaces}"` };
}

/** Writes an object in one request, if its key is free. */
export async function putObject(target: Target, object: SmallObject): Promise<Written> {
  const { ETag, VersionId } = await sendBody(
    target.client,
    new PutObjectCommand({
      Bucket: target.bucket,
      Key: object.key,
      Body: object.body,
      ContentType: object.contentType,
      // Said twice: S3 takes the sum for it, servers that speak like S3 keep the sum only when the algorithm is named.
      ChecksumAlgorithm: "CRC32",
      ChecksumCRC32: object.crc32,
      ...writeCondition(object.replaces),
    }),
    target.signal,
    target.inFlight,
  );
  return { etag: plainEtag(ETag), versionId: VersionId };
}
