import { open, type FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { messageOf, StepError } from "../step/step-error";
import { crc32Of, crc32Text } from "../upload/crc32";
import { httpStatus, plainEtag } from "../upload/target";
import { unreadable } from "./input-fault";
import { freeBytes } from "./room";
import type { SizedFile } from "./sizes";

const TRIES = 6;
const FIRST_WAIT_MS = 200;

/** Where from, and until when. */
export interface LoadFrom {
  readonly client: S3Client;
  readonly bucket: string;
  readonly signal: AbortSignal;
}

/**
 * Loads a file to a new place on disk, in one state of it, and compares it with the checksum that is known of it. What
 * broke off is gone on with.
 */
export async function loadFile(from: LoadFrom, file: SizedFile, location: string): Promise<void> {
  const handle = await open(location, "wx", 0o640);
  try {
    await new Loading(from, file, handle).run();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOSPC" && code !== "EDQUOT") throw error;
    throw new StepError(
      "outOfSpace",
      `the disk is full: ${JSON.stringify(file.key)} has ${String(file.size)} bytes, and ${String(await freeBytes(location))} are free ` +
        `on the disk of ${JSON.stringify(location)}; raise the step's scratchFactor so that this is seen before, or give its pool more scratchGib`,
      { cause: error },
    );
  } finally {
    await handle.close();
  }
}

class Loading {
  private offset = 0;
  private crc = 0;
  private etag: string | undefined;
  private crc32: string | undefined;

  constructor(
    private readonly from: LoadFrom,
    private readonly file: SizedFile,
    private readonly handle: FileHandle,
  ) {
    this.etag = file.etag;
    this.crc32 = file.crc32;
  }

  async run(): Promise<void> {
    const { file } = this;
    for (let tries = 1; ; tries += 1) {
      const before = this.offset;
      try {
        await this.load();
        break;
      } catch (error) {
        this.from.signal.throwIfAborted();
        if (error instanceof StepError || isDisk(error)) throw error;
        const status = httpStatus(error);
        // The SDK has tried again what S3 answered; a body that broke off it has not.
        if (status !== undefined && status >= 300)
          throw unreadable(this.from.bucket, file, status, error);
        if (this.offset > before) tries = 1;
        if (tries >= TRIES)
          throw new StepError(
            "transient",
            `loading ${JSON.stringify(file.key)} broke off ${String(TRIES)} times: ${messageOf(error)}`,
            { cause: error },
          );
        const wait = FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random());
        await delay(wait, undefined, { signal: this.from.signal });
      }
    }
    if (this.crc32 !== undefined && this.crc32 !== crc32Text(this.crc))
      throw new StepError(
        "badDelivery",
        `${JSON.stringify(file.key)} in the bucket ${JSON.stringify(this.from.bucket)} has CRC-32 ${crc32Text(this.crc)}, ` +
          `expected ${this.crc32}; it is damaged or was replaced: have it put there again`,
      );
  }

  private async load(): Promise<void> {
    const { client, bucket, signal } = this.from;
    const { key, versionId, size } = this.file;
    const answer = await client.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        VersionId: versionId,
        ChecksumMode: "ENABLED",
        ...(this.etag === undefined ? {} : { IfMatch: `"${this.etag}"` }),
        ...(this.offset === 0 ? {} : { Range: `bytes=${String(this.offset)}-` }),
      }),
      { abortSignal: signal },
    );
    const began = this.offset;
    this.etag ??= plainEtag(answer.ETag);
    // A checksum of checksums of parts says nothing of the whole.
    if (this.offset === 0 && answer.ChecksumType !== "COMPOSITE")
      this.crc32 ??= answer.ChecksumCRC32;
    for await (const chunk of answer.Body as Readable) {
      const bytes = chunk as Buffer;
      if (this.offset + bytes.length > size) throw this.otherSize();
      await this.write(bytes);
      this.crc = crc32Of(bytes, this.crc);
      this.offset += bytes.length;
    }
    if (this.offset < size) {
      // A whole answer that is shorter than it should be comes from another file than the one that is listed.
      const whole = this.offset - began === answer.ContentLength;
      throw whole ? this.otherSize() : new Error("its content broke off");
    }
  }

  private async write(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const at = this.offset + done;
      const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, at);
      done += bytesWritten;
    }
  }

  private otherSize(): unknown {
    return unreadable(this.from.bucket, this.file, 412, undefined);
  }
}

/** Errors of the disk name a call of the system and no socket. */
function isDisk(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === "write" && code !== "EPIPE" && code !== "ECONNRESET";
}
