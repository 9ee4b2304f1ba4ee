import {
  dayKey,
  lockKey,
  type PartnerSpec,
  type RunRef,
  type StepRef,
  stepReportKey,
} from "../../../contract";
import type { Deployment, JobUse } from "../deployment";
import type { AwsCall, SdkCall } from "./call";
import { publishCalls, readersCalls, stagedCalls, verifyCalls } from "./delivery-calls";
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

const isDelivering = (
  settings: JobUse["settings"],
): settings is Extract<
  JobUse["settings"],
  { readonly kind: "publish" | "deliver" | "unpack" | "merge" }
> => ["publish", "deliver", "unpack", "merge"].includes(settings.kind);

/** Everything that the worker of a step calls, and the mount of its staging. */
export function jobCalls(
  use: JobUse,
  { specs }: Deployment,
  endpoint: string | undefined,
  jobId = SAMPLE_JOB,
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
    fact("tell the ledger how the step ended", stepReportKey(ref, jobId, 1)),
    fact("the same as a child of an array", stepReportKey(ref, jobId, 1, 0)),
    ...lockCalls(ref, ledgerBucket, s3),
    ...(staging === undefined ? [] : mountCalls(role, staging)),
    ...workCalls(use, ref, originsOf(owner, specs), s3),
    ...("stable" in settings ? stableCalls(ref, settings, s3) : []),
    ...(isDelivering(settings)
      ? [
          fact(
            "tell the ledger that the run was delivered",
            dayKey("2026-03-01", ref, "delivered"),
          ),
          ...verifyCalls(ref, settings, s3),
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

function workCalls(
  { settings }: JobUse,
  run: RunRef,
  origins: readonly Origin[],
  s3: S3Call,
): AwsCall[] {
  switch (settings.kind) {
    case "process":
      return [
        ...(settings.input.from === "list" ? originCalls(origins, s3) : []),
        ...processCalls(run, settings, s3),
      ];
    case "merge":
      return mergeCalls(run, settings, s3);
    case "unpack":
      return [
        ...(settings.staged === undefined ? originCalls(origins, s3) : []),
        ...readersCalls(settings, s3),
        ...publishCalls(run, settings, s3),
      ];
    case "publish":
    case "deliver":
      return [...publishCalls(run, settings, s3), ...stagedCalls(run, settings, s3)];
    default:
      return [];
  }
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

interface Origin {
  readonly Bucket: string;
  readonly Key: string;
}

/** An object for each trigger that a dropped object pulls. */
function originsOf(owner: string, specs: readonly PartnerSpec[]): Origin[] {
  const triggers = specs.find(({ partner }) => partner === owner)?.triggers ?? [];
  return triggers.flatMap((trigger) =>
    trigger.kind === "s3"
      ? [{ Bucket: trigger.bucket, Key: `${trigger.prefix}4711${trigger.suffix}` }]
      : [],
  );
}

/** Reading the object that an order came from, an archive or a list, at the very version that started it. */
const originCalls = (origins: readonly Origin[], s3: S3Call): AwsCall[] =>
  origins.flatMap((origin) => [
    s3("look at what started the order", "HeadObject", { ...origin }),
    s3("look at its version", "HeadObject", { ...origin, VersionId: "version" }),
    s3("read a part of what started the order", "GetObject", { ...origin }),
    s3("read a part of its version", "GetObject", { ...origin, VersionId: "version" }),
  ]);

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
