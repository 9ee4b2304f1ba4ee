import {
  deliveryPrefix,
  fileKey,
  manifestKey,
  quarantinedFileKey,
  quarantinePrefix,
  quarantineReasonKey,
  type PublishTarget,
  type RunRef,
  type UnpackSettings,
} from "../../../contract";
import type { AwsCall, SdkCall } from "./call";

type SayS3 = (say: string, command: string, input: SdkCall["input"]) => AwsCall;

/** What a step calls that delivers files and their manifest. */
export function publishCalls(
  run: RunRef,
  { bucket: Bucket, prefix }: Pick<PublishTarget, "bucket" | "prefix">,
  s3: SayS3,
): AwsCall[] {
  const files = fileKey(prefix, run, "");
  const Key = fileKey(prefix, run, "disc 1/track:01.flac");
  const manifest = manifestKey(prefix, run);
  const whole = deliveryPrefix(prefix, run);
  return [
    s3("look for what is delivered", "ListObjectsV2", { Bucket, Prefix: whole }),
    s3("look what is delivered already", "ListObjectsV2", { Bucket, Prefix: files }),
    s3("find large files that a stopped job began", "ListMultipartUploads", {
      Bucket,
      Prefix: files,
    }),
    s3("look whether a file is there", "HeadObject", { Bucket, Key }),
    s3("tell a missing file from a forbidden one", "ListObjectsV2", { Bucket, Prefix: Key }),
    s3("write a small file", "PutObject", { Bucket, Key, IfNoneMatch: "*" }),
    s3("begin a large file", "CreateMultipartUpload", { Bucket, Key }),
    s3("write a part", "UploadPart", { Bucket, Key }),
    s3("end a large file", "CompleteMultipartUpload", { Bucket, Key, IfNoneMatch: "*" }),
    s3("give a large file up", "AbortMultipartUpload", { Bucket, Key }),
    s3("write the manifest", "PutObject", { Bucket, Key: manifest, IfNoneMatch: "*" }),
    s3("look for the manifest", "ListObjectsV2", { Bucket, Prefix: manifest }),
    s3("read the manifest", "GetObject", { Bucket, Key: manifest }),
  ];
}

/** What a step calls beside that whose files come from staging: what is not good goes to quarantine. */
export function stagedCalls(
  run: RunRef,
  {
    bucket: Bucket,
    quarantine = true,
  }: Pick<PublishTarget, "bucket"> & { readonly quarantine?: boolean | undefined },
  s3: SayS3,
): AwsCall[] {
  const Key = quarantinedFileKey(run, "disc 1/track:01.flac");
  return quarantine
    ? [
        s3("find large files that a stopped job began to quarantine", "ListMultipartUploads", {
          Bucket,
          Prefix: quarantinePrefix(run),
        }),
        s3("look for what is in quarantine", "ListObjectsV2", {
          Bucket,
          Prefix: quarantinePrefix(run),
        }),
        ...["PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"].map(
          (command) => s3("put a bad delivery into quarantine", command, { Bucket, Key }),
        ),
        s3("say why it is in quarantine", "PutObject", {
          Bucket,
          Key: quarantineReasonKey(run),
        }),
      ]
    : [];
}

/** Writing to the keys that readers know. */
export function readersCalls({ bucket: Bucket, files }: UnpackSettings, s3: SayS3): AwsCall[] {
  const Key = `${files.replaceAll("{orderId}", "4711")}disc 1/track:01.flac`;
  return files === ""
    ? []
    : [
        s3("look what readers have already", "ListObjectsV2", { Bucket, Prefix: Key }),
        s3("compare what readers have already", "GetObject", { Bucket, Key }),
        s3("compare its size", "HeadObject", { Bucket, Key }),
        s3("write what readers know", "PutObject", { Bucket, Key, IfNoneMatch: "*" }),
        s3("begin a large file", "CreateMultipartUpload", { Bucket, Key }),
        s3("write a part", "UploadPart", { Bucket, Key }),
        s3("end a large file", "CompleteMultipartUpload", { Bucket, Key, IfNoneMatch: "*" }),
        s3("give a large file up", "AbortMultipartUpload", { Bucket, Key }),
      ];
}

/** Comparing what an earlier attempt delivered with its manifest, by checksum. */
export function verifyCalls(
  run: RunRef,
  { bucket: Bucket, prefix }: Pick<PublishTarget, "bucket" | "prefix">,
  s3: SayS3,
): AwsCall[] {
  const other = { ...run, attempt: run.attempt + 1 };
  const Key = fileKey(prefix, other, "disc 1/track:01.flac");
  const manifest = manifestKey(prefix, other);
  return [
    s3("find the manifest that is verified", "ListObjectsV2", { Bucket, Prefix: manifest }),
    s3("read the manifest that is verified", "GetObject", { Bucket, Key: manifest }),
    s3("compare a file by its checksum", "HeadObject", { Bucket, Key }),
    s3("compare a file by reading it", "GetObject", { Bucket, Key }),
    s3("find what no manifest names", "ListObjectsV2", {
      Bucket,
      Prefix: fileKey(prefix, other, ""),
    }),
  ];
}
