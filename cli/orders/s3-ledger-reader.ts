import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { type LedgerReader } from "../../modules/ledger";
import { asked } from "./cloud-error";

/** Reads a ledger in S3, or in the S3 of one machine. */
export function s3LedgerReader(s3: S3Client, bucket: string): LedgerReader {
  return {
    list: async (prefix, after) => {
      const page = await asked(
        `list the ledger ${JSON.stringify(bucket)}`,
        s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: after })),
      );
      const keys = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
      return { keys, next: page.IsTruncated === true ? keys.at(-1) : undefined };
    },
    get: (key) => textOf(s3, bucket, key),
  };
}

/** An object's text; `undefined` when there is none. */
export async function textOf(
  s3: S3Client,
  bucket: string,
  key: string,
): Promise<string | undefined> {
  return asked(
    `read ${JSON.stringify(key)} of ${JSON.stringify(bucket)}`,
    s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })).then(
      (got) => got.Body?.transformToString("utf-8"),
      (error: unknown) => {
        if ((error as Error).name === "NoSuchKey") return undefined;
        throw error;
      },
    ),
  );
}
