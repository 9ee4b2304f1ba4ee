import { fileKey, type RunRef, type StableKey } from "../../../contract";
import type { AwsCall, SdkCall } from "./call";

type SayS3 = (say: string, command: string, input: SdkCall["input"]) => AwsCall;

/** Switching the keys that readers know to a delivery. */
export function stableCalls(
  run: RunRef,
  {
    bucket: Bucket,
    prefix,
    stable = [],
  }: {
    readonly bucket: string;
    readonly prefix: string;
    readonly stable?: readonly StableKey[] | undefined;
  },
  s3: SayS3,
): AwsCall[] {
  const file = fileKey(prefix, run, "disc 1/track:01.flac");
  const CopySource = [Bucket, ...file.split("/")].map(encodeURIComponent).join("/");
  return stable.flatMap(({ key: Key }) => [
    s3("see which delivery readers find", "HeadObject", { Bucket, Key }),
    s3("tell a free key from a forbidden one", "ListObjectsV2", { Bucket, Prefix: Key }),
    s3("have readers find a first delivery", "CopyObject", {
      ...{ Bucket, Key, CopySource },
      IfNoneMatch: "*",
    }),
    s3("have readers find the new delivery", "CopyObject", {
      ...{ Bucket, Key, CopySource },
      IfMatch: '"etag"',
    }),
    s3("begin to copy a large file", "CreateMultipartUpload", { Bucket, Key }),
    s3("copy a part of it", "UploadPartCopy", { Bucket, Key, CopySource }),
    s3("end the copy", "CompleteMultipartUpload", { Bucket, Key, IfMatch: '"etag"' }),
    s3("give the copy up", "AbortMultipartUpload", { Bucket, Key }),
  ]);
}
