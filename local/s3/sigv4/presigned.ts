import { S3Error } from "../http/s3-error";
import { type Authorization, parseScope, parseTimestamp } from "./authorization";
import type { Signable } from "./canonical";

/** Longest life of a presigned request: a week. */
const MAX_EXPIRES_SECONDS = 604_800;

/** Whether a request carries its signature in the query. */
export function isPresigned({ query, headers }: Signable): boolean {
  return headers.authorization === undefined && query.some(([name]) => name === "X-Amz-Algorithm");
}

/** Reads the authorization of a presigned request and checks its life. */
export function presignedAuthorization({ query }: Signable, now: number): Authorization {
  const value = (name: string): string => query.find(([key]) => key === name)?.[1] ?? "";
  const scope = parseScope(value("X-Amz-Credential"));
  const timestamp = value("X-Amz-Date");
  const expires = value("X-Amz-Expires");
  const signature = value("X-Amz-Signature");
  const start = parseTimestamp(timestamp);
  if (
    value("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256" ||
    scope === undefined ||
    Number.isNaN(start) ||
    !/^\d{1,6}$/u.test(expires) ||
    Number(expires) > MAX_EXPIRES_SECONDS ||
    !/^[0-9a-f]{64}$/u.test(signature)
  )
    throw new S3Error("AuthorizationQueryParametersError");
  if (now > start + Number(expires) * 1000)
    throw new S3Error("AccessDenied", {
      message: "Request has expired",
      details: { "X-Amz-Expires": expires, ServerTime: new Date(now).toISOString() },
    });
  const signedHeaders = value("X-Amz-SignedHeaders").split(";");
  return { scope, timestamp, signedHeaders, signature };
}
