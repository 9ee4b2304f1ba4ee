import { invalidRequest, S3Error } from "../http/s3-error";
import type { Scope, Signable } from "./canonical";

/** What a request says of its signature. */
export interface Authorization {
  readonly scope: Scope;
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly timestamp: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const HEADER =
  /^AWS4-HMAC-SHA256 +Credential=([^, ]+) *, *SignedHeaders=([^, ]+) *, *Signature=([0-9a-f]{64})$/u;

/** Reads the `Authorization` header. */
export function headerAuthorization({ headers, query }: Signable): Authorization {
  const header = headers.authorization;
  // Signature Version 2, which awscli 1 still uses for presigned addresses unless it is told otherwise.
  if (String(header).startsWith("AWS ") || query.some(([name]) => name === "AWSAccessKeyId"))
    throw invalidRequest(
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    );
  if (header === undefined) throw new S3Error("AccessDenied");
  const [, credential, signedHeaders, signature] = HEADER.exec(String(header)) ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined)
    throw new S3Error("AuthorizationHeaderMalformed");
  const scope = parseScope(credential);
  if (scope === undefined) throw new S3Error("AuthorizationHeaderMalformed");
  return {
    scope,
    timestamp: timestampOf(headers),
    signedHeaders: signedHeaders.split(";"),
    signature,
  };
}

function timestampOf(headers: Signable["headers"]): string {
  const own = headers["x-amz-date"];
  if (typeof own === "string") return own;
  const date = new Date(String(headers.date));
  if (Number.isNaN(date.getTime()))
    throw new S3Error("AccessDenied", {
      message: "AWS authentication requires a valid Date or x-amz-date header",
    });
  return `${date.toISOString().slice(0, 19).replace(/[-:]/gu, "")}Z`;
}

/** Reads `<access key>/<date>/<region>/<service>/aws4_request`. */
export function parseScope(credential: string): Scope | undefined {
  const parts = credential.split("/");
  const [date, region, service, end] = parts.slice(-4);
  const accessKeyId = parts.slice(0, -4).join("/");
  if (date === undefined || region === undefined || service === undefined) return undefined;
  if (end !== "aws4_request" || accessKeyId === "") return undefined;
  return { accessKeyId, date, region, service };
}

/** Reads `YYYYMMDDTHHMMSSZ`; `NaN` for anything else, which no comparison accepts. */
export function parseTimestamp(text: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/u.exec(text) ?? [];
  return Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
}
