import {
  claimKey,
  dayKey,
  deliveryPrefix,
  fileKey,
  jobStatusKey,
  lockKey,
  manifestKey,
  quarantinedFileKey,
  quarantinePrefix,
  quarantineReasonKey,
  runPrefix,
  type StepRef,
  submittedKey,
  type UnpackSettings,
} from "../../../contract";
import type { Deployment, FunctionUse, JobUse, RoleUse } from "../deployment";
import type { AwsCall, SdkCall } from "./call";
import { sampleRun } from "./job-calls";

const JOB = "0a1b2c3d-0000-4000-8000-000000000000";

type S3Call = (say: string, command: string, input: SdkCall["input"]) => AwsCall;

/** What recordings of runs showed beside the work of a step itself: locks, quarantine, looking for what is there. */
export function observedCalls(
  use: RoleUse,
  deployment: Deployment,
  endpoint: string | undefined,
): AwsCall[] {
  const s3: S3Call = (say, command, input) => ({
    role: use.role,
    say,
    known: "modelled",
    call: {
      service: "S3",
      command,
      input,
      ...(use.kind === "job" ? { endpoint } : {}),
    },
  });
  if (use.kind === "job")
    return use.settings.kind === "unpack"
      ? [...jobCalls(use, s3), ...unpackCalls(use, use.settings, deployment, s3)]
      : jobCalls(use, s3);
  if (use.kind !== "function") return [];
  return use.name.endsWith("--escalate")
    ? escalateCalls(deployment, s3)
    : triggerCalls(use, deployment, s3);
}

function jobCalls({ owner, step, settings, ledgerBucket }: JobUse, s3: S3Call): AwsCall[] {
  const ref: StepRef = { ...sampleRun(owner), step, generation: 1 };
  const lock = { Bucket: ledgerBucket, Key: lockKey(ref) };
  const locks = [
    s3("take the lock of the step", "PutObject", { ...lock, IfNoneMatch: "*" }),
    s3("look who holds the lock", "GetObject", lock),
    s3("take the lock over", "PutObject", { ...lock, IfMatch: '"etag"' }),
  ];
  if (settings.kind !== "publish" && settings.kind !== "deliver" && settings.kind !== "unpack")
    return locks;
  const { bucket: Bucket, prefix } = settings;
  const whole = { Bucket, Prefix: deliveryPrefix(prefix, ref) };
  const files = { Bucket, Prefix: fileKey(prefix, ref, "") };
  return [
    ...locks,
    s3("look for what is delivered", "ListObjectsV2", whole),
    ...(settings.kind === "unpack"
      ? [s3("remove large files that a stopped job began", "ListMultipartUploads", files)]
      : uploadCalls(Bucket, ref, files, settings, s3)),
  ];
}

function uploadCalls(
  Bucket: string,
  ref: StepRef,
  files: SdkCall["input"],
  { quarantine = true }: { readonly quarantine?: boolean | undefined },
  s3: S3Call,
): AwsCall[] {
  const Key = quarantinedFileKey(ref, "disc 1/track:01.flac");
  return [
    s3("find large files that a stopped job began", "ListMultipartUploads", files),
    ...(quarantine
      ? [
          s3("find large files that a stopped job began to quarantine", "ListMultipartUploads", {
            Bucket,
            Prefix: quarantinePrefix(ref),
          }),
          s3("look for what is in quarantine", "ListObjectsV2", {
            Bucket,
            Prefix: quarantinePrefix(ref),
          }),
          ...["PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"].map(
            (command) => s3("put a bad delivery into quarantine", command, { Bucket, Key }),
          ),
          s3("say why it is in quarantine", "PutObject", {
            Bucket,
            Key: quarantineReasonKey(ref),
          }),
        ]
      : []),
  ];
}

/** Reading the version of the archive that the order came from, and writing to the keys that readers know. */
function unpackCalls(
  { owner, ledgerBucket }: JobUse,
  { bucket: Bucket, prefix, files }: UnpackSettings,
  { specs }: Deployment,
  s3: S3Call,
): AwsCall[] {
  const run = sampleRun(owner);
  const triggers = specs.find(({ partner }) => partner === owner)?.triggers ?? [];
  const forReaders = `${files.replaceAll("{orderId}", "4711")}disc 1/track.flac`;
  const Key = files === "" ? fileKey(prefix, run, "track.flac") : forReaders;
  return [
    ...triggers.flatMap((trigger) => {
      if (trigger.kind !== "s3") return [];
      const archive = {
        Bucket: trigger.bucket,
        Key: `${trigger.prefix}4711${trigger.suffix}`,
        VersionId: "version",
      };
      return [
        s3("look at the archive", "HeadObject", archive),
        s3("read a part of the archive", "GetObject", archive),
      ];
    }),
    s3("look what is there", "ListObjectsV2", { Bucket, Prefix: Key }),
    s3("write a file of the archive", "PutObject", { Bucket, Key }),
    s3("write the manifest", "PutObject", { Bucket, Key: manifestKey(prefix, run) }),
    s3("tell the ledger that the run was delivered", "PutObject", {
      Bucket: ledgerBucket,
      Key: dayKey("2026-03-01", run, "delivered"),
    }),
  ];
}

/** What the change of a job makes escalate look at, of any partner. */
function escalateCalls({ specs }: Deployment, s3: S3Call): AwsCall[] {
  return specs.flatMap(({ partner, ledgerBucket: Bucket, chains }) => {
    const run = sampleRun(partner);
    const list = (say: string, Prefix: string): AwsCall =>
      s3(say, "ListObjectsV2", { Bucket, Prefix });
    return [
      list("look whether a run is claimed", claimKey(run)),
      list("look whether an end is in the index of its day", dayKey("2026-03-01", run, "failed")),
      ...Object.values(chains)
        .flat()
        .map((step) =>
          s3("read what was submitted", "GetObject", {
            Bucket,
            Key: submittedKey({ ...run, step: step.name, generation: 1 }),
          }),
        ),
    ];
  });
}

function triggerCalls(use: FunctionUse, { specs }: Deployment, s3: S3Call): AwsCall[] {
  const spec = specs.find(({ partner }) => partner === use.owner && use.name.endsWith("--trigger"));
  if (spec === undefined) return [];
  const Bucket = spec.ledgerBucket;
  const run = sampleRun(spec.partner);
  const day = dayKey("2026-03-01", run, "claimed");
  const list = (say: string, Prefix: string): AwsCall =>
    s3(say, "ListObjectsV2", { Bucket, Prefix });
  return [
    list("look whether an order is claimed", claimKey(run)),
    list("list the facts of a run", runPrefix(run)),
    list("count the orders under way", day.slice(0, day.lastIndexOf("/") + 1)),
    ...Object.values(spec.chains)
      .flat()
      .map((step) =>
        s3("read what became of a job", "GetObject", {
          Bucket,
          Key: jobStatusKey({ ...run, step: step.name, generation: 1 }, JOB, "FAILED"),
        }),
      ),
  ];
}
