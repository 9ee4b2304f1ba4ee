import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { PlatformConfig } from "./platform-config";

/** Lists the partners that have anything in the ledger: its first level. */
export function s3Partners({ region, ledgerBucket }: PlatformConfig): () => Promise<string[]> {
  const s3 = new S3Client({ region });
  return async () => {
    const partners: string[] = [];
    let token: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({
          Bucket: ledgerBucket,
          Delimiter: "/",
          ContinuationToken: token,
        }),
      );
      for (const { Prefix } of page.CommonPrefixes ?? [])
        if (Prefix !== undefined) partners.push(Prefix.slice(0, -1));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return partners;
  };
}
