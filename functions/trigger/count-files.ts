import type { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { arraySizeFor, type OrderSource, type StepSpec } from "../../modules/contract";
import { answerOf } from "../runs-core/aws-answer";
import { InputError, PermanentError, reasonOf, RetryableError } from "../runs-core/errors";
import { shown } from "../runs-core/json";

/** Longest list that is counted: some millions of keys, read in seconds. */
export const LIST_MAX_BYTES = 1024 ** 3;

/** How long the counting may take; the claim and the submissions come after it. */
const COUNT_MS = 30_000;

const LINE_FEED = 0x0a;
const BLANKS: ReadonlySet<number> = new Set([0x09, 0x0d, 0x20]);

/** The object that an order came from. */
export type ListSource = Extract<OrderSource, { readonly kind: "s3" }>;

/** Counts the files that a list names: its lines that are not blank. */
export type CountFiles = (list: ListSource) => Promise<number>;

/** Counts the lines of pieces of a text that hold more than blanks. */
export function lineCounter(): {
  readonly add: (bytes: Uint8Array) => void;
  readonly end: () => number;
} {
  let lines = 0;
  let filled = false;
  return {
    add: (bytes) => {
      for (const byte of bytes)
        if (byte === LINE_FEED) {
          if (filled) lines += 1;
          filled = false;
        } else if (!filled && !BLANKS.has(byte)) filled = true;
    },
    end: () => lines + (filled ? 1 : 0),
  };
}

/** Counts in S3, in the very state of the object that started the order. */
export function s3CountFiles(s3: S3Client): CountFiles {
  return async (list) => {
    const name = `the list ${shown(list.key)} in bucket ${shown(list.bucket)}`;
    try {
      const { Body, ContentLength = 0 } = await s3.send(
        new GetObjectCommand({
          Bucket: list.bucket,
          Key: list.key,
          ...(list.etag === undefined ? {} : { IfMatch: `"${list.etag.replace(/^"|"$/gu, "")}"` }),
          ...(list.versionId === undefined || list.versionId === "null"
            ? {}
            : { VersionId: list.versionId }),
        }),
        { abortSignal: AbortSignal.timeout(COUNT_MS) },
      );
      if (ContentLength > LIST_MAX_BYTES)
        throw new InputError(
          `${name} has ${String(ContentLength)} bytes, at most ${String(LIST_MAX_BYTES)} are counted; have several lists dropped`,
        );
      const counter = lineCounter();
      for await (const piece of Body as Readable) counter.add(piece as Buffer);
      return counter.end();
    } catch (error) {
      throw explained(name, error);
    }
  };
}

function explained(name: string, error: unknown): Error {
  if (error instanceof InputError) return error;
  const { status } = answerOf(error);
  if (status === 404 || status === 412)
    return new PermanentError(
      `${name} is gone or was replaced after it had started the order; the new object starts an order of its own`,
      { cause: error },
    );
  const what = `${name} could not be read: ${reasonOf(error, COUNT_MS)}`;
  return status !== undefined && status >= 400 && status < 500 && status !== 429 && status !== 408
    ? new PermanentError(`${what}; grant the trigger's role s3:GetObject on it`, { cause: error })
    : new RetryableError(`${what}; the event must come again`, { cause: error });
}

/** Sizes of the arrays of a chain that follow from the order's list; nothing where none does. */
export async function arraySizes(
  count: CountFiles,
  chain: readonly StepSpec[],
  source: OrderSource,
): Promise<Readonly<Record<string, number>> | undefined> {
  const steps = chain.flatMap(({ name, arrayFiles }) =>
    arrayFiles === undefined ? [] : [{ name, arrayFiles }],
  );
  if (steps.length === 0) return undefined;
  if (source.kind !== "s3")
    throw new InputError(
      `the order came from a trigger of kind ${shown(source.kind)}, but step ${shown(steps[0]?.name)} works on the files that an object lists; drop the list into the bucket`,
    );
  const files = await count(source);
  return Object.fromEntries(
    steps.map(({ name, arrayFiles }) => [name, arraySizeFor(files, arrayFiles)]),
  );
}
