import {
  fileKey,
  manifestKey,
  partKey,
  partPrefix,
  type MergeSettings,
  type ProcessSettings,
  type RunRef,
} from "../../../contract";
import type { AwsCall, SdkCall } from "./call";

const JOB = "0a1b2c3d-0000-4000-8000-000000000000";

type SayS3 = (say: string, command: string, input: SdkCall["input"]) => AwsCall;

/** What a child of an array calls: for its files, its results and its part. */
export function processCalls(
  run: RunRef,
  { input, bucket: Bucket, prefix }: ProcessSettings,
  s3: SayS3,
): AwsCall[] {
  const Key = fileKey(prefix, run, "2026/03/photo 1.webp");
  const part = partKey(prefix, run, 7);
  const source = manifestKey(input.prefix, run);
  const file =
    input.from === "list"
      ? `${input.prefix}2026/03/photo 1.raw`
      : fileKey(input.prefix, run, "2026/03/photo 1.raw");
  const version = { Bucket: input.bucket, Key: file, VersionId: "version" };
  const tried = `${partPrefix(prefix, run, 7)}g1.${JOB}-7.1.42.1.json`;
  return [
    ...(input.from === "manifest"
      ? [
          s3("find what an earlier step delivered", "ListObjectsV2", {
            Bucket: input.bucket,
            Prefix: source,
          }),
          s3("read its manifest", "GetObject", { Bucket: input.bucket, Key: source }),
        ]
      : []),
    s3("ask for the size of a file", "HeadObject", { Bucket: input.bucket, Key: file }),
    s3("load a file", "GetObject", { Bucket: input.bucket, Key: file }),
    // Manifests name versions, and so may the lines of a list.
    s3("ask for the size of a version", "HeadObject", version),
    s3("load the version of a file", "GetObject", version),
    s3("find what an earlier try did", "ListObjectsV2", {
      Bucket,
      Prefix: partPrefix(prefix, run, 7),
    }),
    s3("read what an earlier try did", "GetObject", { Bucket, Key: part }),
    s3("look whether a result is there", "HeadObject", { Bucket, Key }),
    s3("tell a missing result from a forbidden one", "ListObjectsV2", { Bucket, Prefix: Key }),
    s3("write a small result", "PutObject", { Bucket, Key, IfNoneMatch: "*" }),
    s3("write over what a killed try left", "PutObject", { Bucket, Key, IfMatch: '"etag"' }),
    s3("begin a large result", "CreateMultipartUpload", { Bucket, Key }),
    s3("write a part of it", "UploadPart", { Bucket, Key }),
    s3("end a large result", "CompleteMultipartUpload", { Bucket, Key, IfNoneMatch: "*" }),
    s3("give a large result up", "AbortMultipartUpload", { Bucket, Key }),
    s3("tell what is done so far", "PutObject", { Bucket, Key: tried, IfNoneMatch: "*" }),
    s3("read what an earlier try did so far", "GetObject", { Bucket, Key: tried }),
    s3("tell what was done", "PutObject", { Bucket, Key: part, IfNoneMatch: "*" }),
  ];
}

/** What a merge calls. */
export function mergeCalls(
  run: RunRef,
  { bucket: Bucket, prefix }: MergeSettings,
  s3: SayS3,
): AwsCall[] {
  const manifest = manifestKey(prefix, run);
  const files = fileKey(prefix, run, "");
  return [
    s3("look for the manifest", "ListObjectsV2", { Bucket, Prefix: manifest }),
    s3("read the manifest", "GetObject", { Bucket, Key: manifest }),
    s3("read a part", "GetObject", { Bucket, Key: partKey(prefix, run, 7) }),
    s3("list all results", "ListObjectsV2", { Bucket, Prefix: files }),
    s3("find large files that a stopped child began", "ListMultipartUploads", {
      Bucket,
      Prefix: files,
    }),
    s3("remove them", "AbortMultipartUpload", { Bucket, Key: `${files}track.flac` }),
    s3("write the manifest", "PutObject", { Bucket, Key: manifest, IfNoneMatch: "*" }),
  ];
}
