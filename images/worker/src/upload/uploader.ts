import { setMaxListeners } from "node:events";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Log } from "../log";
import { FileSender, type SentFile, type UploadFile } from "./file-sender";
import { TransferGate } from "./transfer-gate";

/** Files that line up for the gate at once: enough to hide the request that begins an upload in parts. */
const LINES = 4;

/** What the uploader works with. */
export interface UploaderProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly log: Log;
  readonly stop: AbortSignal;
  /** Keys that the target was seen to hold. */
  readonly known: { readonly has: (key: string) => boolean };
  /** Called with what has arrived since the last call. */
  readonly onProgress: (bytes: number, files: number) => void;
}

/**
 * Uploads files as new objects, each with a CRC-32 of its whole content that S3 checks and keeps. Never overwrites.
 * Large files first, so that the small ones fill the gaps at the end. One gate bounds memory and requests.
 *
 * @returns what was written, by key
 * @throws the first failure, after all other transfers were stopped
 */
export async function uploadFiles(
  props: UploaderProps,
  files: readonly UploadFile[],
): Promise<ReadonlyMap<string, SentFile>> {
  const failure = new AbortController();
  const signal = AbortSignal.any([props.stop, failure.signal]);
  // Every request under way listens to it.
  setMaxListeners(0, signal, props.stop);
  const target = { client: props.client, bucket: props.bucket, signal };
  const sender = new FileSender(target, new TransferGate(), props.log, (bytes) => {
    props.onProgress(bytes, 0);
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
      failures.push(error);
      failure.abort(error);
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
  if (failures.length > 0) throw failures[0];
  signal.throwIfAborted();
  return sent;
}
