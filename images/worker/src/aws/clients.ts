import { S3Client } from "@aws-sdk/client-s3";
import type { AwsConfig } from "../config";
import { allowShortcut, BODY_COMMANDS } from "./send-body";
import { SlicingHandler } from "./slicing-handler";
import { bodyMayBeUnsigned } from "./unsigned-body";

interface SdkRequest {
  readonly protocol?: unknown;
  readonly hostname?: unknown;
  readonly headers?: Record<string, string>;
}

/** Makes the S3 client of the worker. */
export function s3Client(aws: AwsConfig): S3Client {
  const requestHandler = new SlicingHandler();
  const client = new S3Client({
    region: aws.region,
    forcePathStyle: aws.pathStyle,
    // S3 slows a prefix down that suddenly gets many requests, for minutes; it asks to wait and to try again.
    maxAttempts: 8,
    retryMode: "adaptive",
    requestHandler,
    // The checksum is known before the body is sent; the SDK would compute one more and send it behind the body.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Waiting for "100 Continue" costs a round trip for each part.
    expectContinueHeader: false,
    cacheMiddleware: true,
  });
  allowShortcut(client, requestHandler);
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const request = args.request as SdkRequest;
      if (
        bodyMayBeUnsigned(request.protocol === "https:", request.hostname) &&
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
