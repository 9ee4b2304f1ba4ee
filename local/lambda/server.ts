import { AwsError } from "../http/aws-error";
import { type CallHooks } from "../http/call-hooks";
import { listenOnLoopback, type LoopbackReply, type LoopbackRequest } from "../http/loopback";
import { type CallListener, callerOf } from "../http/seen-call";
import { LocalLambda, type LocalLambdaOptions } from "./local-lambda";

/** Settings of {@link startLambda}. */
export interface LambdaServerOptions extends LocalLambdaOptions {
  /** @default none */
  readonly hooks?: CallHooks;
  /** Is told of each call. @default nobody is told */
  readonly onCall?: CallListener;
}

/** A Lambda that listens. */
export interface LambdaServer {
  /** For `AWS_ENDPOINT_URL_LAMBDA`. */
  readonly url: string;
  readonly lambda: LocalLambda;
  /** Kills every invocation and closes the port. */
  close(): Promise<void>;
}

/** Largest payloads. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_PAYLOAD_BYTES = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 } as const;

/** Bytes of log that an answer may carry. */
const LOG_TAIL_BYTES = 4096;

/** Starts a Lambda that speaks the Invoke API on loopback. */
export async function startLambda(options: LambdaServerOptions): Promise<LambdaServer> {
  const lambda = new LocalLambda(options);
  const loopback = await listenOnLoopback((request) => invoke(lambda, options, request));
  return {
    url: loopback.url,
    lambda,
    close: async () => {
      await loopback.close();
      await lambda.close();
    },
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invoke(
  lambda: LocalLambda,
  { hooks, onCall }: Pick<LambdaServerOptions, "hooks" | "onCall">,
  { method, path, headers, body }: LoopbackRequest,
): Promise<LoopbackReply> {
  const encoded = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/u.exec(path)?.[1];
  if (method !== "POST" || encoded === undefined)
    throw new AwsError(
      "UnknownOperationException",
      `${method} ${path} is not known to the Lambda of this machine; it knows Invoke alone`,
      404,
    );
  const name = decodeURIComponent(encoded);
  const kind = headers["x-amz-invocation-type"] ?? "RequestResponse";
  const event = eventOf(body);
  onCall?.({
    caller: callerOf(headers),
    service: "Lambda",
    command: "Invoke",
    input: { FunctionName: name },
  });
  const call = { action: "Invoke", input: { name, kind, event } };
  await hooks?.before?.(call);
  const reply = await carryOut(lambda, name, kind, event, headers["x-amz-log-type"] === "Tail");
  return (await hooks?.after?.(call)) === "drop" ? "drop" : reply;
}

async function carryOut(
  lambda: LocalLambda,
  name: string,
  kind: string | string[],
  event: string,
  withLog: boolean,
): Promise<LoopbackReply> {
  switch (kind) {
    case "DryRun":
      return { status: 204 };
    case "Event":
      requireSize(event, MAX_PAYLOAD_BYTES.Event);
      return { status: 202, headers: { "x-amzn-requestid": lambda.invokeLater(name, event) } };
    case "RequestResponse": {
      requireSize(event, MAX_PAYLOAD_BYTES.RequestResponse);
      const result = await lambda.invoke(name, event);
      const log = Buffer.from(result.logLines.join("\n")).subarray(-LOG_TAIL_BYTES);
      return {
        status: 200,
        headers: {
          "content-type": "application/json",
          "x-amz-executed-version": "$LATEST",
          "x-amzn-requestid": result.requestId,
          ...(result.functionError === undefined
            ? {}
            : { "x-amz-function-error": result.functionError }),
          ...(withLog ? { "x-amz-log-result": log.toString("base64") } : {}),
        },
        body: result.payload,
      };
    }
    default:
      throw new AwsError(
        "InvalidParameterValueException",
        `the invocation type must be RequestResponse, Event or DryRun, got ${JSON.stringify(kind)}`,
      );
  }
}

function eventOf(body: Buffer): string {
  const text = body.length === 0 ? "{}" : body.toString("utf8");
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new AwsError(
      "InvalidRequestContentException",
      `could not parse the request's body into JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function requireSize(event: string, max: number): void {
  const bytes = Buffer.byteLength(event);
  if (bytes > max)
    throw new AwsError(
      "RequestTooLargeException",
      `the event takes ${String(bytes)} bytes, at most ${String(max)} are allowed`,
      413,
    );
}
