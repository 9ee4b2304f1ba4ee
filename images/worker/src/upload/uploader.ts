import { setMaxListeners } from "node:events";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Log } from "../log";
import { classify } from "../step/classify";
import { nameFailure } from "../step/name-failure";
import { BegunUploads } from "./begun-uploads";
import { FileSender, type SentFile, type UploadFile } from "./file-sender";
import { inFlight } from "./in-flight";
import { TransferGate } from "./transfer-gate";

/** Files that line up for the gate at once: enough to hide the request that begins an upload in parts. */
const LINES = 4;

/** Ends after which the next attempt, or who took over, goes on with the uploads that were begun. */
const RESUMABLE: ReadonlySet<string> = new Set(["interrupted", "transient", "superseded"]);

/** What the uploader works with. */
export interface UploaderProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly log: Log;
  readonly stop: AbortSignal;
  /** Keys that the target was seen to hold. */
  readonly known: { readonly has: (key: string) => boolean };
  /**
   * Uploads that earlier attempts have begun.
   *
   * @default - none
   */
  readonly begun?: BegunUploads;
  /**
   * Called before a large object is completed; throws when this process may no longer do so.
   *
   * @default - always may
   */
  readonly beforeComplete?: () => Promise<void>;
  /**
   * Called with the bytes of each part that an earlier attempt had sent.
   *
   * @default - not told
   */
  readonly onResumed?: (bytes: number) => void;
  /** Called with what has arrived since the last call. */
  readonly onProgress: (bytes: number, files: number) => void;
}

/**
 * Uploads files as new objects, each with a CRC-32 of its whole content that S3 checks and keeps. Never overwrites.
 * Large files first, so that the small ones fill the gaps at the end. One gate bounds memory and requests.
 *
 * @returns what was written, by key
 * @throws the first failure, after all other transfers were stopped; uploads in parts that a next attempt can go on
 * with stay open
 */
export async function uploadFiles(
  props: UploaderProps,
  files: readonly UploadFile[],
): Promise<ReadonlyMap<string, SentFile>> {
  const failure = new AbortController();
  const signal = AbortSignal.any([props.stop, failure.signal]);
  // Every request under way listens to it.
  setMaxListeners(0, signal, props.stop);
  const onTheirWay = inFlight(props.stop, failure.signal);
  const target = {
    client: props.client,
    bucket: props.bucket,
    signal,
    inFlight: onTheirWay.signal,
  };
  const begun = props.begun ?? BegunUploads.none(target, props.log);
  const sender = new FileSender(target, new TransferGate(), begun, {
    onBytes: (bytes) => {
      props.onProgress(bytes, 0);
    },
    onResumed: props.onResumed ?? (() => undefined),
    beforeComplete: props.beforeComplete ?? (() => Promise.resolve()),
  });
  const queue = [...files].sort((a, b) => a.identity.size - b.identity.size);
  const sent = new Map<string, SentFile>();
  const running: Promise<void>[] = [];
  const failures: unknown[] = [];

  const begin = async (file: UploadFile, onAdmitted: () => void): Promise<void> => {
    try {
      sent.set(file.key, await sender.send(file, props.known.has(file.key), onAdmitted));
      props.onProgress(0, 1);
    } catch (error) {
      const what = `${JSON.stringify(file.path)} could not be published`;
      const named = nameFailure(error, what, signal);
      failures.push(named);
      // Told to stop, all that has not begun fails; what is on its way may still arrive.
      if (!props.stop.aborted) failure.abort(named);
    } finally {
      onAdmitted();
    }
  };
  const line = async (): Promise<void> => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (signal.aborted) return;
      const next = file;
      await new Promise<void>((admitted) => {
        running.push(begin(next, admitted));
      });
    }
  };
  await Promise.all(Array.from({ length: LINES }, line));
  await Promise.all(running);
  onTheirWay.release();
  if (failures.length > 0) {
    // The next attempt goes on from what is begun; where none can help, its parts would only cost storage.
    const { outcome } = classify(failures[0], props.stop.aborted);
    if (!RESUMABLE.has(outcome)) await begun.abortAll();
    throw failures[0];
  }
  signal.throwIfAborted();
  return sent;
}
