import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { lockKey, type StepRef } from "../../../../modules/contract";
import { readObject } from "../aws/read-object";
import type { WorkerConfig } from "../config";
import { nameFailure } from "../step/name-failure";
import { StepError } from "../step/step-error";
import { crc32Of, crc32Text } from "../upload/crc32";
import { httpStatus } from "../upload/target";

const CALL_MS = 15_000;
const TRIES = 8;

/** Who works on a step. */
export interface LockRecord extends StepRef {
  readonly schemaVersion: 1;
  readonly jobId: string;
  readonly batchAttempt: number;
  /** Tells a process from one that has the same job and attempt, and an own lost answer from a conflict. */
  readonly nonce: string;
  /** ISO 8601 instant. */
  readonly takenAt: string;
}

/**
 * Orders the workers of one step: a later generation, then job, then attempt of the job. Two jobs of one generation are
 * a submission that was made twice; which of them wins does not matter, only that both see the same.
 */
export function isAbove(a: LockRecord, b: LockRecord): boolean {
  if (a.generation !== b.generation) return a.generation > b.generation;
  if (a.jobId !== b.jobId) return a.jobId > b.jobId;
  // A process that was started anew within an attempt has the same number, and the one before it has ended.
  return a.batchAttempt >= b.batchAttempt;
}

/**
 * The lock of a step's work. Whoever is higher takes it over by a conditional write; the lower finds out at its next
 * look, and stops. It does not make writes safe, which conditional writes do, but keeps two programs from one staging
 * and a late process from completing what is no longer its own.
 */
export class StepLock {
  private constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
    private readonly key: string,
    private readonly own: LockRecord,
  ) {}

  /**
   * Takes the lock.
   *
   * @throws StepError `superseded` when a higher worker holds it
   */
  static async take(
    client: S3Client,
    config: WorkerConfig,
    signal: AbortSignal,
  ): Promise<StepLock> {
    const { partner, orderKey, attempt, step, generation, job, part } = config;
    const own: LockRecord = {
      schemaVersion: 1,
      ...{ partner, orderKey, attempt, step, generation },
      jobId: job.id,
      batchAttempt: job.attempt,
      nonce: randomUUID(),
      takenAt: new Date().toISOString(),
    };
    const key = lockKey(config, part.of > 1 ? part.index : undefined);
    const lock = new StepLock(client, config.ledgerBucket, key, own);
    await lock.acquire(signal);
    return lock;
  }

  /** Throws `superseded` when the lock is another's by now. */
  async requireHeld(): Promise<void> {
    const there = await this.read();
    if (there?.record.nonce !== this.own.nonce) throw superseded(there?.record);
  }

  private async acquire(signal: AbortSignal): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const refused = await this.write({ IfNoneMatch: "*" });
      if (!refused) return;
      const there = await this.read();
      if (there !== undefined) {
        if (there.record.nonce === this.own.nonce) return;
        if (!isAbove(this.own, there.record)) throw superseded(there.record);
        if (!(await this.write({ IfMatch: there.etag }))) return;
      }
      if (tries === TRIES)
        throw new StepError(
          "transient",
          `the lock ${JSON.stringify(this.key)} could not be taken in ${String(TRIES)} tries: ` +
            "other workers of the same step write it at the same time; the next attempt tries again",
        );
      await delay(100 * 2 ** tries * (0.5 + Math.random()), undefined, { signal });
    }
  }

  /** @returns true when S3 refused because the lock is not what the condition says */
  private async write(condition: { IfNoneMatch: "*" } | { IfMatch: string }): Promise<boolean> {
    const body = Buffer.from(`${JSON.stringify(this.own)}\n`);
    try {
      await this.client.send(
        new PutObjectCommand({
          Bucket: this.bucket,
          Key: this.key,
          Body: body,
          ContentType: "application/json",
          ChecksumCRC32: crc32Text(crc32Of(body)),
          ...condition,
        }),
        { abortSignal: AbortSignal.timeout(CALL_MS) },
      );
      return false;
    } catch (error) {
      const status = httpStatus(error);
      if (status === 412 || status === 409) return true;
      throw nameFailure(error, `the lock ${JSON.stringify(this.key)} could not be taken`);
    }
  }

  private async read(): Promise<
    { readonly record: LockRecord; readonly etag: string } | undefined
  > {
    try {
      const signal = AbortSignal.timeout(CALL_MS);
      const { text, etag } = await readObject(this.client, this.bucket, this.key, signal);
      return { record: JSON.parse(text) as LockRecord, etag };
    } catch (error) {
      if (httpStatus(error) === 404) return undefined;
      throw nameFailure(error, `the lock ${JSON.stringify(this.key)} could not be read`);
    }
  }
}

function superseded(by: LockRecord | undefined): StepError {
  const who =
    by === undefined
      ? "nobody: it was removed"
      : `generation ${String(by.generation)}, job ${by.jobId}, attempt ${String(by.batchAttempt)}`;
  return new StepError(
    "superseded",
    `another worker has taken over this step (${who}); this one writes nothing more`,
  );
}
