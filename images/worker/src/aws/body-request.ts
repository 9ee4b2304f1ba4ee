import { PutObjectCommand, type UploadPartCommand } from "@aws-sdk/client-s3";
import { encodeStrictly } from "./learned-place";

/** A command that sends the content of an object. */
export type BodyCommand = PutObjectCommand | UploadPartCommand;

/** What a {@link BodyCommand} becomes on the wire. */
export interface BodyRequest {
  readonly bucket: string;
  readonly key: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const HEADERS: Readonly<Record<string, string>> = {
  ChecksumAlgorithm: "x-amz-sdk-checksum-algorithm",
  ChecksumCRC32: "x-amz-checksum-crc32",
  ContentType: "content-type",
  IfMatch: "if-match",
  IfNoneMatch: "if-none-match",
};

const ELSEWHERE = new Set(["Body", "Bucket", "Key", "PartNumber", "UploadId"]);

/**
 * Writes a command as a request.
 *
 * @returns `undefined` for a command with more than is known here, or with a body that is not in memory
 */
export function bodyRequest(command: BodyCommand): BodyRequest | undefined {
  const { Body, Bucket, Key } = command.input;
  if (!Buffer.isBuffer(Body) || Bucket === undefined || Key === undefined) return undefined;
  const headers: Record<string, string> = { "content-length": String(Body.length) };
  for (const [name, value] of Object.entries(command.input) as [string, unknown][]) {
    if (value === undefined || ELSEWHERE.has(name)) continue;
    const header = HEADERS[name];
    if (header === undefined || typeof value !== "string") return undefined;
    headers[header] = value;
  }
  return { bucket: Bucket, key: Key, query: queryOf(command), headers, body: Body };
}

function queryOf(command: BodyCommand): string {
  if (command instanceof PutObjectCommand) return "";
  const { PartNumber, UploadId = "" } = command.input;
  return `partNumber=${String(PartNumber)}&uploadId=${encodeStrictly(UploadId)}`;
}
