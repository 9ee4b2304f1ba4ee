import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { GetObjectCommand, HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { OrderSource } from "../../../../modules/contract";
import { nameFailure } from "../step/name-failure";
import { StepError } from "../step/step-error";
import { httpStatus, plainEtag } from "../upload/target";
import { freeWhenFull } from "./free-memory";
import type { RangeSource } from "./range-source";

const TRIES = 6;
const FIRST_WAIT_MS = 200;

/** An object that is read by ranges, always the same state of it. */
export interface S3Source extends RangeSource {
  readonly etag: string;
  readonly versionId?: string | undefined;
  /** How many requests were made. */
  readonly requests: () => number;
}

type ObjectRef = Extract<OrderSource, { kind: "s3" }>;

/**
 * Opens the object that an order came from.
 *
 * @throws StepError `badDelivery` when it is gone, or is no longer the object of the order
 */
export async function openS3Source(
  client: S3Client,
  object: ObjectRef,
  signal: AbortSignal,
): Promise<S3Source> {
  const versionId = object.versionId === "null" ? undefined : object.versionId;
  const place = { Bucket: object.bucket, Key: object.key, VersionId: versionId };
  const name = `${JSON.stringify(object.key)} in the bucket ${JSON.stringify(object.bucket)}`;
  const head = await client
    .send(new HeadObjectCommand(place), { abortSignal: signal })
    .catch((error: unknown) => {
      throw httpStatus(error) === 404
        ? gone(name, error)
        : nameFailure(error, `${name} could not be read`, signal);
    });
  const etag = plainEtag(head.ETag);
  if (object.etag !== undefined && plainEtag(object.etag) !== etag) throw replaced(name);
  let requests = 1;
  const read = async (offset: number, into: Buffer): Promise<void> => {
    let filled = 0;
    for (let tries = 1; filled < into.length; tries += 1) {
      requests += 1;
      const before = filled;
      try {
        const answer = await client.send(
          new GetObjectCommand({
            ...place,
            IfMatch: `"${etag}"`,
            Range: `bytes=${String(offset + filled)}-${String(offset + into.length - 1)}`,
          }),
          { abortSignal: signal },
        );
        for await (const chunk of answer.Body as Readable) {
          const bytes = chunk as Buffer;
          if (filled + bytes.length > into.length)
            throw new Error("S3 sent more than was asked for");
          bytes.copy(into, filled);
          filled += bytes.length;
          freeWhenFull(bytes);
        }
        if (filled < into.length && filled === before && tries >= TRIES)
          throw new Error(`S3 sent nothing of ${name}`);
      } catch (error) {
        signal.throwIfAborted();
        const status = httpStatus(error);
        if (status === 404) throw gone(name, error);
        if (status === 412 || status === 416) throw replaced(name, error);
        // A connection that broke in the middle of a body: what has arrived is good, the rest is asked for anew.
        if ((status !== undefined && status >= 300) || tries >= TRIES)
          throw nameFailure(error, `${name} could not be read`, signal);
        await delay(FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random()), undefined, {
          signal,
        });
      }
    }
  };
  return {
    size: head.ContentLength ?? 0,
    etag,
    versionId: head.VersionId ?? versionId,
    requests: () => requests,
    read,
  };
}

function gone(name: string, cause: unknown): StepError {
  return new StepError(
    "badDelivery",
    `the object ${name} is gone; it was removed after it had started the order: have it put there again`,
    { cause },
  );
}

function replaced(name: string, cause?: unknown): StepError {
  return new StepError(
    "badDelivery",
    `the object ${name} was replaced after it had started the order; the new object starts an order of its own`,
    { cause },
  );
}
