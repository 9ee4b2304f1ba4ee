import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { UploadPartCommandInput } from "@aws-sdk/client-s3";

const READ_BYTES = 256 * 1024;

/**
 * A body that is read from its file while it is sent, as often as it is sent: for parts that are too long to be held.
 */
export class FileSlice {
  /** The SDK takes the length of a body from here. */
  readonly byteLength: number;

  constructor(
    private readonly file: FileHandle,
    private readonly offset: number,
    size: number,
  ) {
    this.byteLength = size;
  }

  /** Reads the slice from its beginning. */
  stream(): Readable {
    return createReadStream("", {
      fd: this.file,
      start: this.offset,
      end: this.offset + this.byteLength - 1,
      autoClose: false,
      highWaterMark: READ_BYTES,
    });
  }

  /** Passes the slice where the SDK's types ask for a stream, which it would refuse to send a second time. */
  asBody(): NonNullable<UploadPartCommandInput["Body"]> {
    return this as unknown as NonNullable<UploadPartCommandInput["Body"]>;
  }
}
