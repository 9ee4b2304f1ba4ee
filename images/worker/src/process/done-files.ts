import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  partKey,
  partPrefix,
  type DeliveryPart,
  type PartFile,
} from "../../../../modules/contract";
import { readObject } from "../aws/read-object";
import { retryConflict } from "../aws/retry-conflict";
import type { WorkerConfig } from "../config";
import { listObjects } from "../publish/listing";
import { StepError } from "../step/step-error";
import { crc32Of, crc32Text } from "../upload/crc32";
import { findSame, type Target } from "../upload/target";
import { attemptsOf, type Work } from "./find-work";

/** Looks for what is there, at once. */
const LOOKS_AT_ONCE = 16;
/** The end of the job may be near. */
const WRITE_MS = 15_000;

/** Files that were worked on, and what became of each. */
export interface DoneFile {
  /** Key of the file that was worked on. */
  readonly input: string;
  readonly files: readonly PartFile[];
}

/** What is told while the work goes on, so that the next try need not do it again. */
interface DoneRecord {
  readonly schemaVersion: 1;
  readonly list: string;
  readonly of: number;
  readonly done: readonly DoneFile[];
}

/** What earlier tries left of a part. */
export interface DoneBefore {
  /** The whole part, where one came to its end. */
  readonly part?: DeliveryPart;
  readonly files: readonly DoneFile[];
}

/**
 * Finds what earlier tries of the same part did: of this attempt, and of the one whose work it goes on from. Only what
 * was made of the same list, cut into as many parts, counts. What single files became is compared in the bucket.
 */
export async function findDone(
  target: Target,
  prefix: string,
  config: WorkerConfig,
  { list }: Pick<Work, "list">,
): Promise<DoneBefore> {
  const { index, of } = config.part;
  const found = new Map<string, DoneFile>();
  for (const attempt of attemptsOf(config)) {
    const run = { ...config, attempt };
    const keys = [...(await listObjects(target, partPrefix(prefix, run, index))).keys()];
    const whole = partKey(prefix, run, index);
    for (const key of keys) {
      const record = await readRecord(target, key);
      if (record.list !== list || record.of !== of) continue;
      if (key === whole) return { part: record as DeliveryPart, files: [] };
      for (const done of (record as DoneRecord).done) found.set(done.input, done);
    }
  }
  return { files: await stillThere(target, [...found.values()]) };
}

async function readRecord(target: Target, key: string): Promise<DeliveryPart | DoneRecord> {
  const { text } = await readObject(target.client, target.bucket, key, target.signal);
  try {
    const record = JSON.parse(text) as Partial<DeliveryPart> | null;
    if (record?.schemaVersion === 1) return record as DeliveryPart;
  } catch {
    // Told below, together with JSON of another kind.
  }
  throw new StepError(
    "conflict",
    `${JSON.stringify(key)} in the bucket ${JSON.stringify(target.bucket)} was not written by this version of the worker; ` +
      "find what writes there, then start a new attempt of the order",
  );
}

/** Keeps the files of which every result is in the bucket, byte for byte; the others are done again. */
async function stillThere(target: Target, done: readonly DoneFile[]): Promise<DoneFile[]> {
  const kept: DoneFile[] = [];
  const queue = [...done];
  const isThere = async (file: PartFile): Promise<boolean> => {
    try {
      return (await findSame(target, file)) !== undefined;
    } catch (error) {
      if (error instanceof StepError && error.outcome === "conflict") return false;
      throw error;
    }
  };
  const look = async (): Promise<void> => {
    for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
      let there = true;
      for (const file of one.files) there &&= await isThere(file);
      if (there) kept.push(one);
    }
  };
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, look));
  return kept;
}

/** Tells what was done since the last time, under a key that no other try takes. */
export async function writeDone(
  target: Target,
  prefix: string,
  config: WorkerConfig,
  { list }: Pick<Work, "list">,
  done: readonly DoneFile[],
  sequence: number,
): Promise<void> {
  const { job, part, generation } = config;
  const record: DoneRecord = { schemaVersion: 1, list, of: part.of, done };
  const who = [
    `g${String(generation)}`,
    job.id.replaceAll(":", "-"),
    String(job.attempt),
    String(process.pid),
    String(sequence),
  ];
  await putJson(target, `${partPrefix(prefix, config, part.index)}${who.join(".")}.json`, record);
}

/** Writes the part; where one is, it has to tell the same. */
export async function writePart(target: Target, prefix: string, part: DeliveryPart): Promise<void> {
  const key = partKey(prefix, part, part.index);
  try {
    await putJson(target, key, part);
  } catch (error) {
    if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== 412)
      throw error;
    const there = await readRecord(target, key);
    if (JSON.stringify(there) === JSON.stringify(part)) return;
    throw new StepError(
      "conflict",
      `the part ${JSON.stringify(key)} in the bucket ${JSON.stringify(target.bucket)} tells of other results; ` +
        "nothing was overwritten: start a new attempt of the order, which has keys of its own",
      { cause: error },
    );
  }
}

async function putJson({ client, bucket }: Target, key: string, value: unknown): Promise<void> {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  await retryConflict(() =>
    client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: "application/json",
        ChecksumAlgorithm: "CRC32",
        ChecksumCRC32: crc32Text(crc32Of(body)),
        IfNoneMatch: "*",
      }),
      // Also when the step was told to stop: then it matters most.
      { abortSignal: AbortSignal.timeout(WRITE_MS) },
    ),
  );
}
