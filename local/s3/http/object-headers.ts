import type { IncomingHttpHeaders } from "node:http";
import type { ObjectRecord } from "../store/records";
import { header } from "./request";
import { invalidRequest, notImplemented, S3Error } from "./s3-error";

/** Headers of a writer that readers get back as they are. */
const PASSED_ON = [
  "cache-control",
  "content-disposition",
  "content-language",
  "content-type",
  "expires",
] as const;

const STORAGE_CLASSES = new Set([
  "DEEP_ARCHIVE",
  "GLACIER",
  "GLACIER_IR",
  "INTELLIGENT_TIERING",
  "ONEZONE_IA",
  "REDUCED_REDUNDANCY",
  "STANDARD",
  "STANDARD_IA",
]);

const ENCRYPTIONS = new Set(["AES256", "aws:kms", "aws:kms:dsse"]);
const KMS_HEADERS = [
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-bucket-key-enabled",
] as const;

/** Headers that ask for what this server does not do; to take them in silence would be a lie. */
const REFUSED =
  /^x-amz-(?:object-lock-.*|tagging|tagging-directive|website-redirect-location|server-side-encryption-customer-.*|grant-.*|write-offset-bytes)$/u;
const ACLS = new Set(["private", "bucket-owner-full-control"]);

/** All names and values of user metadata together. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const MAX_METADATA_BYTES = 2048;
const META = "x-amz-meta-";
const SSE = "x-amz-server-side-encryption";

/** Reads the headers that describe a new object. */
export function readObjectHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  refuseUnknown(headers);
  const result: Record<string, string> = { "content-type": "binary/octet-stream" };
  for (const name of PASSED_ON) copyHeader(headers, name, result);
  const encoding = (header(headers, "content-encoding") ?? "")
    .split(/\s*,\s*/u)
    .filter((item) => item !== "" && item !== "aws-chunked");
  if (encoding.length > 0) result["content-encoding"] = encoding.join(",");
  readMetadata(headers, result);
  readStorageClass(headers, result);
  readEncryption(headers, result);
  return result;
}

/** The part of an object's headers that a copy never takes over: they are asked for anew with every write. */
export function withoutPlacement(headers: ObjectRecord["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== STORAGE && !name.startsWith(SSE)),
  );
}

/** The headers that tell how an object is encrypted; every write answers with them. */
export function encryptionHeaders(headers: ObjectRecord["headers"]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(SSE)));
}

/** Storage class of an object. */
export function storageClass(headers: ObjectRecord["headers"]): string {
  return headers[STORAGE] ?? "STANDARD";
}

const STORAGE = "x-amz-storage-class";

function refuseUnknown(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) if (REFUSED.test(name)) throw notImplemented(name);
  const acl = header(headers, "x-amz-acl");
  if (acl !== undefined && !ACLS.has(acl)) throw new S3Error("AccessControlListNotSupported");
}

function copyHeader(
  headers: IncomingHttpHeaders,
  name: string,
  result: Record<string, string>,
): void {
  const value = header(headers, name);
  if (value !== undefined && value !== "") result[name] = value;
}

function readMetadata(headers: IncomingHttpHeaders, result: Record<string, string>): void {
  let size = 0;
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(META)) continue;
    const value = header(headers, name) ?? "";
    result[name] = value;
    size += name.length - META.length + value.length;
  }
  if (size > MAX_METADATA_BYTES)
    throw new S3Error("MetadataTooLarge", {
      details: { Size: size, MaxSizeAllowed: MAX_METADATA_BYTES },
    });
}

function readStorageClass(headers: IncomingHttpHeaders, result: Record<string, string>): void {
  const name = header(headers, STORAGE);
  if (name === undefined || name === "STANDARD") return;
  if (!STORAGE_CLASSES.has(name))
    throw new S3Error("InvalidStorageClass", { details: { StorageClassRequested: name } });
  result[STORAGE] = name;
}

function readEncryption(headers: IncomingHttpHeaders, result: Record<string, string>): void {
  const kind = header(headers, SSE) ?? "AES256";
  if (!ENCRYPTIONS.has(kind)) throw new S3Error("InvalidEncryptionAlgorithmError");
  result[SSE] = kind;
  for (const name of KMS_HEADERS) {
    if (headers[name] === undefined) continue;
    if (kind === "AES256")
      throw invalidRequest(`The header ${name} is only allowed with the encryption aws:kms`);
    copyHeader(headers, name, result);
  }
}
