import { S3Client } from "@aws-sdk/client-s3";
import type { AwsConfig } from "../config";
import { rememberSignals } from "./send-until";
import { SlicingHandler } from "./slicing-handler";

/** Commands whose bodies are files: their bytes are covered by a CRC-32 of our own. */
const BODY_COMMANDS = new Set(["PutObjectCommand", "UploadPartCommand"]);

interface SdkRequest {
  readonly protocol?: unknown;
  readonly hostname?: unknown;
  readonly headers?: Record<string, string>;
}

/**
 * For benchmarks: without TLS, too, the SHA-256 of bodies is left out, on connections that do not leave the machine.
 * Other servers than those on loopback never see the difference.
 */
function unsignedLoopback({ hostname }: SdkRequest): boolean {
  return hostname === "127.0.0.1" && process.env["PARTNER_INGEST_UNSIGNED_LOOPBACK"] === "1";
}

/** Makes the S3 client of the worker. */
export function s3Client(aws: AwsConfig): S3Client {
  const client = new S3Client({
    region: aws.region,
    forcePathStyle: aws.pathStyle,
    // S3 slows a prefix down that suddenly gets many requests, for minutes; it asks to wait and to try again.
    maxAttempts: 8,
    retryMode: "adaptive",
    requestHandler: new SlicingHandler(),
    // The checksum is known before the body is sent; the SDK would compute one more and send it behind the body.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Waiting for "100 Continue" costs a round trip for each part.
    expectContinueHeader: false,
    cacheMiddleware: true,
  });
  rememberSignals(client);
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const request = args.request as SdkRequest;
      // Over TLS the body needs no SHA-256 in the signature: TLS guards it on its way and the CRC-32 its content.
      // It would halve the throughput. Without TLS the signature is all that guards it, so there it stays.
      if (
        (request.protocol === "https:" || unsignedLoopback(request)) &&
        request.headers !== undefined &&
        BODY_COMMANDS.has(context.commandName ?? "")
      )
        request.headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
      return next(args);
    },
    { step: "build", name: "unsignedPayloadOverTls", priority: "low" },
  );
  return client;
}
