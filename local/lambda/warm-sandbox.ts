import { once } from "node:events";
import { eachLine } from "../process/lines";
import { type InvocationResult } from "./function-settings";
import { type AnswerMessage } from "./runtime/messages";
import { type SandboxRequest } from "./sandbox";
import {
  exitError,
  invocationOf,
  type RuntimeProcess,
  spawnRuntime,
  timeoutError,
} from "./spawn-runtime";

/**
 * A function whose reserved concurrency is one: events are handled one after another, by one process that stays warm
 * until it ends or is killed.
 */
export class WarmSandbox {
  private process: RuntimeProcess | undefined;
  private closed = false;
  private last: Promise<unknown> = Promise.resolve();

  /** Handles an event after those before it. */
  invoke(request: SandboxRequest): Promise<InvocationResult> {
    const result = this.last.then(() => this.handle(request));
    this.last = result;
    return result;
  }

  /** Ends the process; what is under way or waits fails. Waits for its end. */
  async close(): Promise<void> {
    this.closed = true;
    const { child } = this.process ?? {};
    if (child !== undefined) {
      const ended = once(child, "close");
      child.kill("SIGKILL");
      await ended;
    }
    await this.last;
  }

  private handle(request: SandboxRequest): Promise<InvocationResult> {
    const { settings, requestId } = request;
    if (this.closed) {
      const { json } = exitError(requestId, null, "SIGKILL");
      return Promise.resolve({
        requestId,
        functionError: "Unhandled",
        payload: json,
        logLines: [],
      });
    }
    const { child } = (this.process ??= this.start(request));
    return new Promise((resolve) => {
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        child.kill("SIGKILL");
      }, settings.timeoutSeconds * 1000);
      const end = (answer: AnswerMessage): void => {
        clearTimeout(timer);
        child.off("message", end).off("close", closed);
        const functionError = answer.kind === "error" ? "Unhandled" : undefined;
        // Its lines come by another way than its answer, and are told as they come.
        resolve({ requestId, functionError, payload: answer.json, logLines: [] });
      };
      const closed = (code: number | null, signal: NodeJS.Signals | null): void => {
        end(timedOut ? timeoutError(settings, requestId) : exitError(requestId, code, signal));
      };
      child.on("message", end).on("close", closed);
      child.send(invocationOf(request, true), () => undefined);
    });
  }

  private start(request: SandboxRequest): RuntimeProcess {
    const started = spawnRuntime(request);
    const { child, forget } = started;
    for (const pipe of [child.stdout, child.stderr])
      if (pipe !== null) void eachLine(pipe, request.onLine);
    // A process that was killed before it read the event: its end is told by "close".
    child.on("error", () => undefined);
    child.once("close", () => {
      forget();
      if (this.process === started) this.process = undefined;
    });
    return started;
  }
}
