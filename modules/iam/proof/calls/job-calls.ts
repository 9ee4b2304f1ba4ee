import {
  dayKey,
  fileKey,
  manifestKey,
  type PublishTarget,
  type RunRef,
  type StepRef,
  stepReportKey,
} from "../../../contract";
import type { JobUse } from "../deployment";
import type { AwsCall, SdkCall } from "./call";
import { mergeCalls, processCalls } from "./process-calls";

/** A run as any other: what keys look like. */
export const sampleRun = (partner: string): RunRef => ({
  partner,
  orderKey: "order-4711-0123456789ab",
  attempt: 1,
});

const SAMPLE_JOB = "0a1b2c3d-0000-4000-8000-000000000000";

/** Everything that the worker of a step calls, and the mount of its staging. */
export function jobCalls(use: JobUse, endpoint: string | undefined): AwsCall[] {
  const { role, owner, step, settings, ledgerBucket, staging } = use;
  const ref: StepRef = { ...sampleRun(owner), step, generation: 1 };
  const s3 = (say: string, command: string, input: SdkCall["input"]): AwsCall => ({
    role,
    say,
    known: "modelled",
    call: { service: "S3", command, input, endpoint },
  });
  const fact = (say: string, Key: string): AwsCall =>
    s3(say, "PutObject", { Bucket: ledgerBucket, Key, IfNoneMatch: "*" });
  return [
    fact("tell the ledger how the step ended", stepReportKey(ref, SAMPLE_JOB, 1)),
    fact("the same as a child of an array", stepReportKey(ref, SAMPLE_JOB, 1, 0)),
    ...(staging === undefined ? [] : mountCalls(role, staging)),
    ...(settings.kind === "process" ? processCalls(ref, settings, s3) : []),
    ...(settings.kind === "merge" ? mergeCalls(ref, settings, s3) : []),
    ...(settings.kind === "publish" || settings.kind === "deliver" || settings.kind === "merge"
      ? [
          ...(settings.kind === "merge" ? [] : publishCalls(ref, settings, s3)),
          fact(
            "tell the ledger that the run was delivered",
            dayKey("2026-03-01", ref, "delivered"),
          ),
        ]
      : []),
    ...(settings.kind === "list"
      ? [
          {
            role,
            say: "hand an order to the trigger",
            known: "modelled",
            call: {
              service: "Lambda",
              command: "Invoke",
              input: { FunctionName: settings.triggerFunction },
            },
          } as const,
        ]
      : []),
  ];
}

function publishCalls(
  run: RunRef,
  { bucket: Bucket, prefix }: PublishTarget,
  s3: (say: string, command: string, input: SdkCall["input"]) => AwsCall,
): AwsCall[] {
  const files = fileKey(prefix, run, "");
  const Key = fileKey(prefix, run, "disc 1/track:01.flac");
  const manifest = manifestKey(prefix, run);
  return [
    s3("look what is delivered already", "ListObjectsV2", { Bucket, Prefix: files }),
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

/** @see https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html */
function mountCalls(role: string, staging: NonNullable<JobUse["staging"]>): AwsCall[] {
  return ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"].map((action) => ({
    role,
    say: action.endsWith("Mount") ? "mount staging" : "write to staging",
    known: "modelled",
    call: {
      action,
      resource: staging.fileSystem,
      context: {
        "elasticfilesystem:AccessPointArn": staging.accessPoint,
        "elasticfilesystem:AccessedViaMountTarget": "true",
      },
    },
  }));
}
