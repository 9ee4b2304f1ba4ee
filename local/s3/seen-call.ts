import { callerOf, type SeenCall } from "../http/seen-call";
import { header, type S3Request } from "./http/request";
import type { OperationName } from "./http/router";

/** Parameters that permissions are decided by, by the header or the part of the query that holds them. */
const HEADERS = [
  ["IfMatch", "if-match"],
  ["IfNoneMatch", "if-none-match"],
  ["CopySource", "x-amz-copy-source"],
  ["Tagging", "x-amz-tagging"],
  ["ACL", "x-amz-acl"],
  ["ServerSideEncryption", "x-amz-server-side-encryption"],
] as const;
const QUERY = [
  ["Prefix", "prefix"],
  ["VersionId", "versionId"],
] as const;

/** A request as a call of the SDK. */
export function seenCall(
  command: OperationName,
  { bucket, key, query, headers }: S3Request,
): SeenCall {
  const given = {
    Bucket: bucket,
    Key: key,
    ...Object.fromEntries(HEADERS.map(([name, from]) => [name, header(headers, from)])),
    ...Object.fromEntries(QUERY.map(([name, from]) => [name, query.get(from)])),
  };
  const input = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  return { caller: callerOf(headers), service: "S3", command, input };
}
