/*
 * The process of one invocation: loads the function's handler as Lambda's Node runtime does, calls it once, and answers.
 * It is bundled to one file and gets nothing but the function's environment.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { type AnswerMessage, type InvocationMessage } from "./messages";

type Handler = (
  event: unknown,
  context: unknown,
  callback: (error: unknown, result?: unknown) => void,
) => unknown;

function loadHandler(): Handler {
  const root = process.env["LAMBDA_TASK_ROOT"] ?? "";
  const [, file = "", name = ""] = /^(.*)\.([^.]+)$/u.exec(process.env["_HANDLER"] ?? "") ?? [];
  const loaded = createRequire(path.join(root, "function.js"))(path.join(root, file)) as Record<
    string,
    unknown
  >;
  const handler = loaded[name];
  if (typeof handler !== "function")
    throw new Error(`${file}.${name} is undefined or not exported`);
  return handler as Handler;
}

async function call(handler: Handler, message: InvocationMessage): Promise<unknown> {
  const received = performance.now();
  const context = {
    awsRequestId: message.requestId,
    invokedFunctionArn: message.functionArn,
    functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"],
    functionVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"],
    memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    logGroupName: process.env["AWS_LAMBDA_LOG_GROUP_NAME"],
    logStreamName: process.env["AWS_LAMBDA_LOG_STREAM_NAME"],
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () =>
      Math.max(0, Math.floor(message.timeoutMs - (performance.now() - received))),
  };
  return new Promise((resolve, reject) => {
    const result = handler(JSON.parse(message.event), context, (error, value) => {
      // Lambda passes on what it is given, an error or not.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- see above
      if (error !== undefined && error !== null) reject(error);
      else resolve(value);
    });
    if (result instanceof Promise) result.then(resolve, reject);
  });
}

function errorJson(error: unknown): string {
  return JSON.stringify(
    error instanceof Error
      ? {
          errorType: error.name,
          errorMessage: error.message,
          trace: (error.stack ?? "").split("\n"),
        }
      : { errorType: typeof error, errorMessage: String(error), trace: [] },
  );
}

function answer(message: AnswerMessage, warm: boolean): void {
  process.send?.(message, () => {
    if (!warm) process.exit(0);
  });
}

// Lambda itself is gone: nobody hears the answer, and nobody would end this process.
process.once("disconnect", () => process.exit(1));

process.on("message", (message: InvocationMessage) => {
  // The handler is loaded with the event at hand: a fault of loading it is an answer too.
  Promise.resolve()
    .then(() => call(loadHandler(), message))
    .then(
      (result) => {
        answer({ kind: "result", json: JSON.stringify(result ?? null) }, message.warm);
      },
      (error: unknown) => {
        answer({ kind: "error", json: errorJson(error) }, message.warm);
      },
    );
});
