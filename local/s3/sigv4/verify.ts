import { timingSafeEqual } from "node:crypto";
import { invalidRequest, S3Error } from "../http/s3-error";
import { type Authorization, headerAuthorization, parseTimestamp } from "./authorization";
import {
  canonicalRequest,
  hmac,
  scopeText,
  sha256Hex,
  type Scope,
  type Signable,
  signingKey,
} from "./canonical";
import { isPresigned, presignedAuthorization } from "./presigned";

/** The pair of keys that requests are signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A request whose signature holds; the start of a chain of chunk signatures. */
export interface Verified {
  readonly key: Buffer;
  readonly scope: Scope;
  readonly timestamp: string;
  readonly signature: string;
}

/** Who may sign, for where, and what time it is. */
export interface VerifyOptions {
  readonly credentials: Credentials;
  readonly region: string;
  readonly now: number;
}

/** Clocks may differ by so much. */
const MAX_SKEW_MS = 15 * 60 * 1000;

/**
 * Checks the Signature Version 4 of a request, in the `Authorization` header or in the query.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export function verifySignature(request: Signable, options: VerifyOptions): Verified {
  const presigned = isPresigned(request);
  const authorization = presigned
    ? presignedAuthorization(request, options.now)
    : headerAuthorization(request);
  checkScope(authorization, options);
  if (!presigned) checkSkew(authorization.timestamp, options.now);
  checkSignedHeaders(request, authorization.signedHeaders);
  const payloadHash = presigned
    ? (headerOf(request, "x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD")
    : headerOf(request, "x-amz-content-sha256");
  if (payloadHash === undefined)
    throw invalidRequest("Missing required header for this request: x-amz-content-sha256");
  const { scope, timestamp, signature } = authorization;
  const query = request.query.filter(([name]) => name !== "X-Amz-Signature");
  const canonical = canonicalRequest(
    { ...request, query },
    authorization.signedHeaders,
    payloadHash,
  );
  const key = signingKey(options.credentials.secretAccessKey, scope);
  const toSign = ["AWS4-HMAC-SHA256", timestamp, scopeText(scope), sha256Hex(canonical)].join("\n");
  if (!sameHex(hmac(key, toSign), signature))
    throw new S3Error("SignatureDoesNotMatch", {
      details: {
        AWSAccessKeyId: scope.accessKeyId,
        StringToSign: toSign,
        SignatureProvided: signature,
        CanonicalRequest: canonical,
      },
    });
  return { key, scope, timestamp, signature };
}

/** Compares without telling by its time where the difference is. */
export function sameHex(expected: Buffer, given: string): boolean {
  const bytes = Buffer.from(given, "hex");
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

function headerOf(request: Signable, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function checkScope({ scope, timestamp }: Authorization, options: VerifyOptions): void {
  if (scope.accessKeyId !== options.credentials.accessKeyId)
    throw new S3Error("InvalidAccessKeyId", { details: { AWSAccessKeyId: scope.accessKeyId } });
  if (scope.region !== options.region)
    throw new S3Error("AuthorizationHeaderMalformed", {
      message: `The authorization header is malformed; the region '${scope.region}' is wrong; expecting '${options.region}'`,
      details: { Region: options.region },
    });
  if (scope.service !== "s3" || !timestamp.startsWith(scope.date))
    throw new S3Error("AuthorizationHeaderMalformed");
}

function checkSkew(timestamp: string, now: number): void {
  if (Math.abs(now - parseTimestamp(timestamp)) <= MAX_SKEW_MS) return;
  throw new S3Error("RequestTimeTooSkewed", {
    details: {
      RequestTime: timestamp,
      ServerTime: new Date(now).toISOString(),
      MaxAllowedSkewMilliseconds: MAX_SKEW_MS,
    },
  });
}

// What is not signed can be changed on the way: S3 demands the host and every header of its own.
function checkSignedHeaders(request: Signable, signedHeaders: readonly string[]): void {
  const unsigned = Object.keys(request.headers).filter(
    (name) => (name === "host" || name.startsWith("x-amz-")) && !signedHeaders.includes(name),
  );
  if (unsigned.length > 0)
    throw new S3Error("AccessDenied", {
      message: "There were headers present in the request which were not signed",
      details: { HeadersNotSigned: unsigned.join(", ") },
    });
}
