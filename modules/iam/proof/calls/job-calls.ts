import {
  dayKey,
  fileKey,
  lockKey,
  manifestKey,
  type PartnerSpec,
  type PublishTarget,
  type RunRef,
  type StepRef,
  stepReportKey,
  type UnpackSettings,
} from "../../../contract";
import type { Deployment, JobUse } from "../deployment";
import type { AwsCall, SdkCall } from "./call";
import { mergeCalls, processCalls } from "./process-calls";
import { stableCalls } from "./stable-calls";

/** A run as any other: what keys look like. */
export const sampleRun = (partner: string): RunRef => ({
  partner,
  orderKey: "order-4711-0123456789ab",
  attempt: 1,
});

/** The id of a job as any other. */
export const SAMPLE_JOB = "0a1b2c3d-0000-4000-8000-000000000000";

/** Everything that the worker of a step calls, and the mount of its staging. */
export function jobCalls(
  use: JobUse,
  { specs }: Deployment,
  endpoint: string | undefined,
): AwsCall[] {
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
    ...lockCalls(ref, ledgerBucket, s3),
    ...(staging === undefined ? [] : mountCalls(role, staging)),
    ...(settings.kind === "process" ? processCalls(ref, settings, s3) : []),
    ...(settings.kind === "merge" ? mergeCalls(ref, settings, s3) : []),
    ...(settings.kind === "unpack" ? unpackCalls(archivesOf(owner, specs), settings, s3) : []),
    ...(settings.kind === "publish" ||
    settings.kind === "deliver" ||
    settings.kind === "unpack" ||
    settings.kind === "merge"
      ? [
          ...(settings.kind === "merge" ? [] : publishCalls(ref, settings, s3)),
          ...("stable" in settings ? stableCalls(ref, settings, s3) : []),
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

type S3Call = (say: string, command: string, input: SdkCall["input"]) => AwsCall;

/** One worker at a time works on a step, or on a child of it. */
function lockCalls(ref: StepRef, Bucket: string, s3: S3Call): AwsCall[] {
  return [lockKey(ref), lockKey(ref, 0)].flatMap((Key) => [
    s3("take the lock of the step", "PutObject", { Bucket, Key, IfNoneMatch: "*" }),
    s3("look who holds the lock", "GetObject", { Bucket, Key }),
    s3("take a lock over, or keep it", "PutObject", { Bucket, Key, IfMatch: '"etag"' }),
  ]);
}

interface Archive {
  readonly Bucket: string;
  readonly Key: string;
}

/** An object for each trigger that a dropped object pulls. */
function archivesOf(owner: string, specs: readonly PartnerSpec[]): Archive[] {
  const triggers = specs.find(({ partner }) => partner === owner)?.triggers ?? [];
  return triggers.flatMap((trigger) =>
    trigger.kind === "s3"
      ? [{ Bucket: trigger.bucket, Key: `${trigger.prefix}4711${trigger.suffix}` }]
      : [],
  );
}

/** Reading the archive that an order came from, and writing to the keys that readers know. */
function unpackCalls(
  archives: readonly Archive[],
  settings: UnpackSettings,
  s3: S3Call,
): AwsCall[] {
  const { bucket: Bucket, files } = settings;
  const Key = `${files.replaceAll("{orderId}", "4711")}disc 1/track:01.flac`;
  return [
    ...archives.flatMap((archive) => [
      s3("look at the archive", "HeadObject", { ...archive }),
      s3("read a part of the archive", "GetObject", { ...archive }),
      s3("read a part of its version", "GetObject", { ...archive, VersionId: "version" }),
    ]),
    ...(files === ""
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
        ]),
  ];
}

function publishCalls(
  run: RunRef,
  { bucket: Bucket, prefix }: Pick<PublishTarget, "bucket" | "prefix">,
  s3: S3Call,
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
