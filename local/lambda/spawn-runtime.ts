import { type ChildProcess, spawn } from "node:child_process";
import { killAtExit } from "../process/live-processes";
import { type FunctionSettings } from "./function-settings";
import { type AnswerMessage, type InvocationMessage } from "./runtime/messages";
import { type SandboxRequest } from "./sandbox";

/** A process that can carry out invocations. */
export interface RuntimeProcess {
  readonly child: ChildProcess;
  /** To be called when it has ended. */
  readonly forget: () => void;
}

/** Variable that marks the process; Lambda sets it too. */
const MARK = "AWS_LAMBDA_LOG_STREAM_NAME";

/** Starts a process with exactly the function's environment and what Lambda adds. */
export function spawnRuntime(request: SandboxRequest): RuntimeProcess {
  const { requestId } = request;
  const stream = `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${requestId.replaceAll("-", "")}`;
  const child = spawn(process.execPath, [request.runtime], {
    cwd: request.code,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: environmentOf(request, stream),
  });
  return { child, forget: killAtExit(MARK, stream) };
}

/**
 * What the process is told of an invocation.
 *
 * @param warm - the process waits for the next one then
 */
export function invocationOf(
  { settings, requestId, event }: SandboxRequest,
  warm: boolean,
): InvocationMessage {
  return {
    event,
    requestId,
    functionArn: settings.arn,
    timeoutMs: settings.timeoutSeconds * 1000,
    warm,
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function environmentOf(request: SandboxRequest, stream: string): Record<string, string> {
  const { settings } = request;
  return {
    PATH: process.env["PATH"] ?? "",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    ...settings.environment,
    ...settings.hostEnvironment,
    _HANDLER: settings.handler,
    LAMBDA_TASK_ROOT: request.code,
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMib),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${settings.name}`,
    [MARK]: stream,
  };
}

/** The error of an invocation that ran for too long. */
export function timeoutError(
  { timeoutSeconds }: FunctionSettings,
  requestId: string,
): AnswerMessage {
  return failure(
    "Sandbox.Timedout",
    `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  );
}

/** The error of an invocation whose process ended without an answer. */
export function exitError(
  requestId: string,
  code: number | null,
  signal: NodeJS.Signals | null,
): AnswerMessage {
  const how = signal === null ? `exit status ${String(code)}` : `signal: ${signal}`;
  return failure(
    "Runtime.ExitError",
    `RequestId: ${requestId} Error: Runtime exited with error: ${how}`,
  );
}

function failure(errorType: string, errorMessage: string): AnswerMessage {
  return { kind: "error", json: JSON.stringify({ errorType, errorMessage }) };
}
