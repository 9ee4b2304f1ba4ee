import type { S3Client } from "@aws-sdk/client-s3";
import {
  manifestKey,
  type Manifest,
  type ProcessInput,
  type RunRef,
} from "../../../../modules/contract";
import { entryPath } from "../archive/entry-path";
import { openS3Source } from "../archive/s3-source";
import type { WorkerConfig } from "../config";
import { listObjects } from "../publish/listing";
import { readManifest } from "../publish/manifest-store";
import { StepError } from "../step/step-error";
import { type InputFile, isOfPart, readLine } from "./input-file";
import { listLines } from "./read-list";

/** The part of the files that a job works on. */
export interface Work {
  readonly files: readonly InputFile[];
  /** How many files there are in all. */
  readonly listed: number;
  /** Etag of the list. */
  readonly list: string;
}

/** Finds the files of the job's part: from the object that started the order, or from an earlier step's manifest. */
export function findWork(
  client: S3Client,
  config: WorkerConfig,
  input: ProcessInput,
  stop: AbortSignal,
): Promise<Work> {
  return input.from === "list"
    ? fromList(client, config, input.prefix, stop)
    : fromManifest(client, config, input, stop);
}

async function fromList(
  client: S3Client,
  { source, part }: WorkerConfig,
  prefix: string,
  stop: AbortSignal,
): Promise<Work> {
  if (source.kind !== "s3")
    throw new StepError(
      "configuration",
      `there is no list of files: the order came from a trigger of kind ${JSON.stringify(source.kind)}, ` +
        "not from an object; start it by dropping the list into the bucket",
    );
  const list = await openS3Source(client, source, stop);
  const files: InputFile[] = [];
  let listed = 0;
  for await (const { text, number } of listLines(list)) {
    // Each line is looked at by one child: what is wrong in it, this one tells.
    if (isOfPart(listed, part)) files.push(readLine(text, number, prefix));
    listed += 1;
  }
  return { files, listed, list: list.etag };
}

async function fromManifest(
  client: S3Client,
  config: WorkerConfig,
  { bucket, prefix }: ProcessInput,
  signal: AbortSignal,
): Promise<Work> {
  const target = { client, bucket, signal };
  const { key, etag } = await findManifest(target, config, prefix);
  const manifest = await readManifest(target, key);
  return {
    files: manifest.files.filter((_, place) => isOfPart(place, config.part)).map(inputOf),
    listed: manifest.files.length,
    list: etag,
  };
}

function inputOf({
  path,
  key,
  size,
  etag,
  versionId,
  crc32,
}: Manifest["files"][number]): InputFile {
  const checked = entryPath(path);
  if ("fault" in checked)
    throw new StepError(
      "badDelivery",
      `the delivered file ${JSON.stringify(path)} can not be worked on: ${checked.fault}; have the partner name it otherwise`,
    );
  return { key, path: checked.path, size, etag, versionId, crc32 };
}

/** The manifest of the run, or of the attempt that this one goes on from. */
async function findManifest(
  target: Parameters<typeof listObjects>[0],
  config: RunRef & { readonly stagingAttempt?: number | undefined },
  prefix: string,
): Promise<{ key: string; etag: string }> {
  for (const attempt of attemptsOf(config)) {
    const key = manifestKey(prefix, { ...config, attempt });
    const etag = (await listObjects(target, key)).get(key)?.etag;
    if (etag !== undefined) return { key, etag };
  }
  throw new StepError(
    "badDelivery",
    `there is no manifest ${JSON.stringify(manifestKey(prefix, config))} in the bucket ${JSON.stringify(target.bucket)}: ` +
      "the step that delivers what is worked on has not come to its end; run it again first",
  );
}

/** The run's own attempt, then those before it, back to the one whose work it goes on from. */
export const attemptsOf = ({
  attempt,
  stagingAttempt = attempt,
}: {
  readonly attempt: number;
  readonly stagingAttempt?: number | undefined;
}): readonly number[] =>
  Array.from({ length: attempt - stagingAttempt + 1 }, (_, back) => attempt - back);
