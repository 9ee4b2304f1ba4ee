import { once } from "node:events";
import { eachLine } from "../process/lines";
import { type FunctionSettings, type InvocationResult } from "./function-settings";
import { type AnswerMessage } from "./runtime/messages";
import { exitError, invocationOf, spawnRuntime, timeoutError } from "./spawn-runtime";

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

/** Carries an invocation out in a process of its own, with exactly the function's environment and what Lambda adds. */
export function startSandbox(request: SandboxRequest): Sandbox {
  const { settings, requestId } = request;
  const { child, forget } = spawnRuntime(request);
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
  child.send(invocationOf(request, false), () => undefined);
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
