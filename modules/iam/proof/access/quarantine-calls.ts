import {
  dayKey,
  fileKey,
  manifestKey,
  quarantinedFileKey,
  quarantineDecisionKey,
  quarantineReasonKey,
} from "../../../contract";
import type { AwsCall } from "../calls";
import { sampleRun } from "../calls/job-calls";
import type { Deployment, JobUse } from "../deployment";
import { s3 } from "./people-call";

interface Target {
  readonly bucket: string;
  readonly prefix: string;
}

/** Where the steps of a partner publish to: beside it lies what was held back. */
export function targetsOf({ uses }: Deployment, partner: string): Target[] {
  const found = uses
    .filter((use): use is JobUse => use.kind === "job" && use.owner === partner)
    .flatMap(({ settings }) =>
      settings.kind === "publish" || settings.kind === "deliver"
        ? [{ bucket: settings.bucket, prefix: settings.prefix }]
        : [],
    );
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}

/** Looking at what was held back, and deciding about it. */
export function quarantine(
  role: string,
  run: ReturnType<typeof sampleRun>,
  { bucket }: Target,
): AwsCall[] {
  const held = s3(role, bucket);
  const file = "disc 1/track:01.flac";
  return [
    held("list what was held back", "ListObjectsV2", { Prefix: `quarantine/${run.partner}/` }),
    held("read why", "GetObject", { Key: quarantineReasonKey(run) }),
    held("read what was decided", "GetObject", { Key: quarantineDecisionKey(run) }),
    held("look at what was held back", "GetObject", { Key: quarantinedFileKey(run, file) }),
    // Lists by the whole key, since "there is none" is only told to whoever may list.
    held("look whether it is held back", "ListObjectsV2", { Prefix: quarantineReasonKey(run) }),
    held("decide about it", "PutObject", { Key: quarantineDecisionKey(run), IfNoneMatch: "*" }),
  ];
}

/** Publishing what was held back, which only those may to whom the settings name the place. */
export function releaseCalls(
  role: string,
  deployment: Deployment,
  places: readonly string[],
): AwsCall[] {
  return deployment.specs.flatMap(({ partner, ledgerBucket }) =>
    targetsOf(deployment, partner)
      .filter(({ bucket, prefix }) =>
        places.some((place) => `${bucket}/${prefix}`.startsWith(place)),
      )
      .flatMap(({ bucket, prefix }) => {
        const run = sampleRun(partner);
        const place = s3(role, bucket);
        const file = "disc 1/track:01.flac";
        const Key = fileKey(prefix, run, file);
        const held = [bucket, ...quarantinedFileKey(run, file).split("/")];
        const CopySource = held.map(encodeURIComponent).join("/");
        return [
          s3(role, ledgerBucket)("put a released order into the index of its day", "PutObject", {
            Key: dayKey("2026-03-01", run, "delivered"),
            IfNoneMatch: "*",
          }),
          place("copy a file to where it belongs", "CopyObject", { Key, CopySource }),
          place("copy a large file in parts", "CreateMultipartUpload", { Key }),
          place("copy a part", "UploadPartCopy", { Key, CopySource }),
          place("end a large copy", "CompleteMultipartUpload", { Key }),
          place("give a large copy up", "AbortMultipartUpload", { Key }),
          place("compare the copy", "HeadObject", { Key }),
          place("write the manifest", "PutObject", {
            Key: manifestKey(prefix, run),
            IfNoneMatch: "*",
          }),
        ];
      }),
  );
}
