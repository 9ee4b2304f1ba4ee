import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import type { Credentials } from "../../../../local/s3/sigv4/verify";
import { type RawAnswer, type RawRequest, sendRaw, type SigningStart } from "../support/raw-client";

/** One thing that an S3 server does; fails by throwing. Knows the server by its endpoint only. */
export interface ConformanceCase {
  readonly name: string;
  readonly run: (probe: Probe) => Promise<void>;
}

/** What a case talks to the server with. */
export class Probe {
  readonly client: S3Client;

  constructor(
    readonly endpoint: string,
    readonly credentials: Credentials,
  ) {
    this.client = new S3Client({
      endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials,
      maxAttempts: 1,
    });
  }

  /** Makes a bucket of its own for a case. */
  async bucket(): Promise<string> {
    const Bucket = `conformance-${randomBytes(8).toString("hex")}`;
    await this.client.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  }

  async versionedBucket(): Promise<string> {
    const Bucket = await this.bucket();
    await this.setVersioning(Bucket, "Enabled");
    return Bucket;
  }

  async setVersioning(Bucket: string, Status: "Enabled" | "Suspended"): Promise<void> {
    const VersioningConfiguration = { Status };
    await this.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }

  /** Puts an object and returns its ETag. */
  async put(Bucket: string, Key: string, Body: string | Buffer = "content"): Promise<string> {
    const { ETag } = await this.client.send(
      new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body) }),
    );
    assert.ok(ETag !== undefined);
    return ETag;
  }

  raw(raw: RawRequest, bodyOf?: (start: SigningStart) => Buffer): Promise<RawAnswer> {
    return sendRaw(this.endpoint, this.credentials, raw, bodyOf);
  }

  close(): void {
    this.client.destroy();
  }
}

/** Waits for an answer that refuses. */
export async function refused(
  answer: Promise<unknown>,
  status: number,
  code: string,
): Promise<void> {
  const outcome = await answer.then(
    () => "it was done",
    (fault: unknown) => {
      if (!(fault instanceof S3ServiceException)) throw fault;
      return `${String(fault.$metadata.httpStatusCode)} ${fault.name}`;
    },
  );
  assert.equal(outcome, `${String(status)} ${code}`);
}

/** Compares status and error code of a raw answer. */
export function answered(answer: RawAnswer, status: number, code?: string): void {
  assert.equal(
    `${String(answer.status)} ${answer.code ?? ""}`,
    `${String(status)} ${code ?? ""}`,
    answer.text,
  );
}

/** Asserts that a key holds exactly this content, or nothing. */
export async function holds(
  probe: Probe,
  bucket: string,
  key: string,
  content: Buffer | string | undefined,
): Promise<void> {
  const got = await probe.raw({ method: "GET", path: `/${bucket}/${key}` });
  if (content === undefined) {
    answered(got, 404, "NoSuchKey");
    return;
  }
  answered({ ...got, code: undefined }, 200);
  assert.ok(got.body.equals(Buffer.from(content)), "the content is another");
}
