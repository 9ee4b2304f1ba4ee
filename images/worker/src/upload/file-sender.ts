import type { BegunUploads } from "./begun-uploads";
import { crc32Of, crc32Text } from "./crc32";
import { resolveTaken, type IfTaken, type Taken } from "./if-taken";
import { sendMultipart } from "./multipart";
import { PART_BYTES } from "./part-plan";
import { putObject } from "./put-object";
import { readThrough, readWhole, withSource, type SourceFile } from "./source-file";
import { lookAt, type Target } from "./target";
import type { TransferGate } from "./transfer-gate";
import { writeOnce, type OnceWritten } from "./write-once";

/** A file to upload. */
export interface UploadFile extends SourceFile {
  readonly key: string;
  readonly contentType: string;
  /** Etag of the object that is written over. @default - the key must be free */
  readonly replaces?: string | undefined;
  /** What is done where the key holds other bytes. @default "fail" */
  readonly ifTaken?: IfTaken | undefined;
}

/** An object, and the CRC-32 that S3 holds of it. */
export interface SentFile extends OnceWritten {
  readonly crc32: string;
  /** Its size, where other bytes were left under the key. */
  readonly size?: number | undefined;
}

/** What is told of the sending, and asked before an object appears. */
export interface SenderWatch {
  /** Called for each piece of a file that has arrived, or was there. */
  readonly onBytes: (bytes: number) => void;
  /** Called for each part that was found as an earlier attempt had sent it. */
  readonly onResumed: (bytes: number) => void;
  /** Throws when this process may no longer complete objects. */
  readonly beforeComplete: () => Promise<void>;
}

/** Sends single files, by the way that fits their size. */
export class FileSender {
  constructor(
    private readonly target: Target,
    private readonly gate: TransferGate,
    private readonly begun: BegunUploads,
    private readonly watch: SenderWatch,
  ) {}

  /**
   * Sends one file.
   *
   * @param mayBeThere - whether the target was seen to hold its key: compared first then, for reading is cheaper
   * @param onAdmitted - called when all of the file has come through the gate
   */
  async send(file: UploadFile, mayBeThere: boolean, onAdmitted: () => void): Promise<SentFile> {
    const taken = mayBeThere ? await this.compare(file, onAdmitted) : undefined;
    if (taken !== undefined && "done" in taken) return sentFile(taken.done, taken.crc32);
    const { replaces = file.replaces } = taken ?? {};
    return file.identity.size > PART_BYTES
      ? this.large({ ...file, replaces }, onAdmitted)
      : this.small({ ...file, replaces }, onAdmitted);
  }

  private async small(file: UploadFile, onAdmitted: () => void): Promise<SentFile> {
    const { key, contentType, ifTaken } = file;
    const { size } = file.identity;
    return this.throughGate(size, onAdmitted, async (buffer) => {
      const body = buffer.subarray(0, size);
      await readWhole(file, body);
      const crc32 = crc32Text(crc32Of(body));
      const written = await writeOnce(
        this.target,
        (replaces = file.replaces) =>
          putObject(this.target, { key, body, contentType, crc32, replaces }),
        () => ({ key, size, crc32 }),
        ifTaken,
      );
      this.watch.onBytes(size);
      return sentFile(written, crc32);
    });
  }

  private async large(file: UploadFile, onAdmitted: () => void): Promise<SentFile> {
    const { target, gate, begun, watch } = this;
    const { key, contentType, ifTaken } = file;
    const { size } = file.identity;
    let crc32 = "";
    const tools = {
      target,
      gate,
      begun,
      onAdmitted,
      onSent: watch.onBytes,
      onResumed: watch.onResumed,
      beforeComplete: watch.beforeComplete,
      onChecksum: (whole: string): void => {
        crc32 = whole;
      },
    };
    const written = await withSource(file, (source) =>
      writeOnce(
        target,
        (replaces = file.replaces) =>
          sendMultipart(tools, { key, contentType, size, replaces }, source),
        () => ({ key, size, crc32 }),
        ifTaken,
      ),
    );
    return sentFile(written, crc32);
  }

  private async compare(
    file: UploadFile,
    onAdmitted: () => void,
  ): Promise<Taken & { readonly crc32: string }> {
    const { key, ifTaken = "fail" } = file;
    const { size } = file.identity;
    return this.throughGate(Math.min(size, PART_BYTES), onAdmitted, async (buffer) => {
      let crc = 0;
      await readThrough(file, buffer, (bytes) => {
        crc = crc32Of(bytes, crc);
      });
      const crc32 = crc32Text(crc);
      const expected = { key, size, crc32 };
      const found = await lookAt(this.target, expected);
      const taken = resolveTaken(this.target, expected, found, ifTaken);
      if ("done" in taken) this.watch.onBytes(size);
      return { ...taken, crc32 };
    });
  }

  private async throughGate<T>(
    bytes: number,
    onAdmitted: () => void,
    work: (buffer: Buffer) => Promise<T>,
  ): Promise<T> {
    const lease = await this.gate.enter(bytes);
    onAdmitted();
    try {
      this.target.signal.throwIfAborted();
      return await work(lease.buffer);
    } finally {
      lease.release();
    }
  }
}

/** With the checksum of what readers find: of what was left, where other bytes were. */
function sentFile(written: OnceWritten, crc32: string): SentFile {
  const { kept, ...object } = written;
  return kept === undefined ? { ...object, crc32 } : { ...object, ...kept };
}
