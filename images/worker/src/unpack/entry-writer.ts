import { setMaxListeners } from "node:events";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { ArchiveEntry } from "../archive/archive-entry";
import { sendBody } from "../aws/send-body";
import type { Log } from "../log";
import type { ListedObject } from "../publish/listing";
import { nameFailure } from "../step/name-failure";
import { StepError } from "../step/step-error";
import { contentTypeOf } from "../upload/content-type";
import { crc32Text } from "../upload/crc32";
import { resolveTaken, type IfTaken } from "../upload/if-taken";
import { putObject } from "../upload/put-object";
import { lookAt, plainEtag, type Expected, type Target, type Written } from "../upload/target";
import { writeOnce, type OnceWritten } from "../upload/write-once";
import { uploadStream } from "./stream-upload";

/** Looks for what is there already, at once. */
const LOOKS_AT_ONCE = 32;

/** An object of an entry. */
export type WrittenEntry = OnceWritten;

/** What the writer works with. */
export interface EntryWriterProps {
  readonly target: Target;
  /** What is done where a key holds other bytes. */
  readonly ifTaken: IfTaken;
  readonly keyOf: (path: string) => string;
  readonly log: Log;
  readonly onProgress: (bytes: number, files: number) => void;
}

/** Writes entries as objects, each with the checksum that the archive tells. */
export class EntryWriter {
  /** What is written, by the entry's path. */
  readonly written = new Map<string, WrittenEntry>();

  constructor(private readonly props: EntryWriterProps) {
    // Every request under way listens to it.
    setMaxListeners(0, props.target.signal);
  }

  /** Finds entries that an earlier attempt wrote: the same size and checksum under their key. */
  async findWritten(
    entries: readonly ArchiveEntry[],
    listed: ReadonlyMap<string, ListedObject>,
  ): Promise<void> {
    const queue = entries.filter(({ path }) => listed.has(this.props.keyOf(path)));
    const look = async (): Promise<void> => {
      for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
        const there = await this.named(entry, () => this.find(this.expected(entry)));
        if (there !== undefined) this.done(entry, there);
      }
    };
    await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, look));
  }

  /** Writes an entry that is held. */
  async whole(entry: ArchiveEntry, body: Buffer): Promise<void> {
    const object = { ...this.expected(entry), body, contentType: contentTypeOf(entry.path) };
    this.done(entry, await this.named(entry, () => this.once(entry, () => this.put(object))));
  }

  /** Writes an entry while it is unpacked. */
  async stream(entry: ArchiveEntry, pieces: AsyncIterable<Buffer>): Promise<void> {
    const { target, ifTaken, log, onProgress } = this.props;
    const replace = ifTaken === "overwrite";
    let begun = false;
    const write = (): Promise<Written> => {
      // The pieces come once. What S3 refuses as under way at the same time is left to the next attempt of the step.
      if (begun)
        throw new StepError(
          "transient",
          `${JSON.stringify(this.props.keyOf(entry.path))} is being written by someone else at the same time; ` +
            "the next attempt finds what is there",
        );
      begun = true;
      const object = { ...this.expected(entry), contentType: contentTypeOf(entry.path), replace };
      return uploadStream(target, object, pieces, log, (bytes) => {
        onProgress(bytes, 0);
      });
    };
    this.done(entry, await this.named(entry, () => this.once(entry, write)), false);
  }

  private async named<T>({ path }: ArchiveEntry, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const what = `${JSON.stringify(path)} could not be published`;
      throw nameFailure(error, what, this.props.target.signal);
    }
  }

  private expected({ path, size, crc }: ArchiveEntry): Expected {
    return { key: this.props.keyOf(path), size, crc32: crc32Text(crc) };
  }

  private async find(expected: Expected): Promise<WrittenEntry | undefined> {
    const { target, ifTaken } = this.props;
    const taken = resolveTaken(target, expected, await lookAt(target, expected), ifTaken);
    return "done" in taken ? taken.done : undefined;
  }

  private async once(entry: ArchiveEntry, write: () => Promise<Written>): Promise<WrittenEntry> {
    const { target, ifTaken } = this.props;
    // The newest takes the place, whatever is written there meanwhile: versions keep the others.
    if (ifTaken === "overwrite") return { ...(await write()), how: "sent" };
    return writeOnce(
      target,
      () => write(),
      () => this.expected(entry),
      ifTaken,
    );
  }

  private async put(object: Expected & { body: Buffer; contentType: string }): Promise<Written> {
    const { target, ifTaken } = this.props;
    if (ifTaken !== "overwrite") return putObject(target, object);
    const { ETag, VersionId } = await sendBody(
      target.client,
      new PutObjectCommand({
        Bucket: target.bucket,
        Key: object.key,
        Body: object.body,
        ContentType: object.contentType,
        ChecksumAlgorithm: "CRC32",
        ChecksumCRC32: object.crc32,
      }),
      target.signal,
    );
    return { etag: plainEtag(ETag), versionId: VersionId };
  }

  private done(entry: ArchiveEntry, written: WrittenEntry, countBytes = true): void {
    this.written.set(entry.path, written);
    this.props.onProgress(countBytes ? entry.size : 0, 1);
  }
}
