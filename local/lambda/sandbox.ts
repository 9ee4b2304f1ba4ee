import { spawn } from "node:child_process";
import { once } from "node:events";
import { eachLine } from "../process/lines";
import { killAtExit } from "../process/live-processes";
import { type FunctionSettings, type InvocationResult } from "./function-settings";
import { type AnswerMessage, type InvocationMessage } from "./runtime/messages";

/** One invocation to carry out. */
export interface SandboxRequest {
  readonly settings: FunctionSettings;
  /** Where the package was unpacked. */
  readonly code: string;
  /** The program of the process; see `bundleRuntime`. */
  readonly runtime: string;
  readonly requestId: string;
  /** JSON of the event. */
  readonly event: string;
  readonly onLine: (line: string) => void;
}

/** An invocation under way. */
export interface Sandbox {
  readonly pid: number | undefined;
  readonly ended: Promise<InvocationResult>;
  readonly kill: () => void;
}

/** Variable that marks the process; Lambda sets it too. */
const MARK = "AWS_LAMBDA_LOG_STREAM_NAME";

/** Carries an invocation out in a process of its own, with exactly the function's environment and what Lambda adds. */
export function startSandbox(request: SandboxRequest): Sandbox {
  const { settings, requestId } = request;
  const stream = `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${requestId.replaceAll("-", "")}`;
  const child = spawn(process.execPath, [request.runtime], {
    cwd: request.code,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: environmentOf(request, stream),
  });
  const forget = killAtExit(MARK, stream);
  const logLines: string[] = [];
  const tell = (line: string): void => {
    logLines.push(line);
    request.onLine(line);
  };
  const output = [child.stdout, child.stderr].flatMap((pipe) =>
    pipe === null ? [] : eachLine(pipe, tell),
  );
  let answer: AnswerMessage | undefined;
  let timedOut = false;
  child.on("message", (message: AnswerMessage) => {
    answer = message;
  });
  // A process that was killed before it read the event: its end is told below.
  child.on("error", () => undefined);
  const message: InvocationMessage = {
    event: request.event,
    requestId,
    functionArn: settings.arn,
    timeoutMs: settings.timeoutSeconds * 1000,
  };
  child.send(message, () => undefined);
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, settings.timeoutSeconds * 1000);
  const end = async (): Promise<InvocationResult> => {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    clearTimeout(timer);
    forget();
    await Promise.all(output);
    const ending = timedOut
      ? timeoutError(settings, requestId)
      : (answer ?? exitError(requestId, code, signal));
    return {
      requestId,
      functionError: ending.kind === "error" ? "Unhandled" : undefined,
      payload: ending.json,
      logLines,
    };
  };
  return {
    pid: child.pid,
    ended: end(),
    kill: () => {
      child.kill("SIGKILL");
    },
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

function timeoutError({ timeoutSeconds }: FunctionSettings, requestId: string): AnswerMessage {
  return failure(
    "Sandbox.Timedout",
    `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  );
}

function exitError(
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
