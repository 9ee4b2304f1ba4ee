import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { asked } from "./cloud-error";
import { textOf } from "./s3-ledger-reader";

/**
 * The text of an object that may not be there; `undefined` then. It is listed first: of an object that is not there, S3
 * answers "forbidden" to whoever may list some prefixes of a bucket only, as who is on call may.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export async function listedTextOf(
  s3: S3Client,
  bucket: string,
  key: string,
): Promise<string | undefined> {
  const { Contents = [] } = await asked(
    `list ${JSON.stringify(bucket)}`,
    s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 })),
  );
  return Contents.some(({ Key }) => Key === key) ? textOf(s3, bucket, key) : undefined;
}
