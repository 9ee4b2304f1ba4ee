import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { AwsError } from "../http/aws-error";
import {
  type DeadLetter,
  type FunctionSettings,
  type InvocationResult,
  type RunningInvocation,
} from "./function-settings";
import { bundleRuntime } from "./runtime/bundle";
import { startSandbox, type Sandbox, type SandboxRequest } from "./sandbox";
import { unzip } from "./unzip";
import { WarmSandbox } from "./warm-sandbox";

/** Settings of a {@link LocalLambda}. */
export interface LocalLambdaOptions {
  /** Packages are unpacked below it. */
  readonly directory: string;
  /**
   * Seconds before each retry of an event that nobody waits for.
   * @default [60, 120], as Lambda does
   */
  readonly retryDelaysSeconds?: readonly number[];
  /** @default nobody is told */
  readonly onLine?: (functionName: string, requestId: string, line: string) => void;
  /** Called with every end of an invocation. @default nobody is told */
  readonly onEnd?: (functionName: string, result: InvocationResult) => void;
  /** Called with an event that was given up: the dead-letter queue of its function. @default nobody is told */
  readonly onDeadLetter?: (letter: DeadLetter) => void;
}

interface Deployed {
  readonly settings: FunctionSettings;
  readonly code: string;
  readonly warm?: WarmSandbox | undefined;
}

/**
 * AWS Lambda on one machine: the real deployment package, each invocation a process of its own.
 * Not simulated: memory limits and throttling; sandboxes are warm for functions that ask for it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class LocalLambda {
  private readonly functions = new Map<string, Deployed>();
  private readonly sandboxes = new Map<string, Sandbox & { readonly functionName: string }>();
  private readonly pending = new Set<Promise<void>>();
  private readonly given: DeadLetter[] = [];
  private readonly closing = new AbortController();
  private runtime: string | undefined;

  constructor(private readonly options: LocalLambdaOptions) {}

  /** Events that were given up after their retries. */
  get deadLetters(): readonly DeadLetter[] {
    return this.given;
  }

  /** Unpacks a function's package. */
  async addFunction(settings: FunctionSettings): Promise<void> {
    const { directory } = this.options;
    if (this.runtime === undefined) {
      const file = path.join(directory, "runtime.cjs");
      await mkdir(directory, { recursive: true });
      bundleRuntime(file);
      this.runtime = file;
    }
    const code = path.join(directory, settings.name);
    await mkdir(code, { recursive: true });
    await unzip(settings.zipFile, code);
    const warm = settings.warm === true ? new WarmSandbox() : undefined;
    this.functions.set(settings.name, { settings, code, warm });
  }

  /** Invokes a function and waits for its end. `event` is JSON. */
  async invoke(nameOrArn: string, event: string): Promise<InvocationResult> {
    return this.run(this.find(nameOrArn), event, randomUUID());
  }

  /**
   * Takes an event that nobody waits for: tried again after failures, then given up. `event` is JSON.
   *
   * @returns the id of the request, which its retries share
   */
  invokeLater(nameOrArn: string, event: string): string {
    const deployed = this.find(nameOrArn);
    const requestId = randomUUID();
    const work = this.withRetries(deployed, event, requestId);
    this.pending.add(work);
    void work.then(() => this.pending.delete(work));
    return requestId;
  }

  /** The invocations that run now. */
  running(): readonly RunningInvocation[] {
    return [...this.sandboxes].map(([requestId, { functionName, pid, kill }]) => ({
      functionName,
      requestId,
      pid,
      kill,
    }));
  }

  /** True while an event is under way that nobody waits for. */
  get isBusy(): boolean {
    return this.pending.size > 0;
  }

  /** Waits until no event waits for a try. */
  async idle(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
  }

  /** Kills what runs and forgets what waits. */
  async close(): Promise<void> {
    this.closing.abort();
    for (const sandbox of this.sandboxes.values()) sandbox.kill();
    for (const { warm } of this.functions.values()) await warm?.close();
    await Promise.all([...this.sandboxes.values()].map(({ ended }) => ended));
    await this.idle();
  }

  /** Finds a function by name, by ARN, either with a version at its end. */
  private find(nameOrArn: string): Deployed {
    const name = nameOrArn.replace(/^.*:function:/u, "").split(":")[0] ?? "";
    const found = this.functions.get(name);
    if (found !== undefined) return found;
    throw new AwsError("ResourceNotFoundException", `Function not found: ${nameOrArn}`, 404);
  }

  private async run(
    { settings, code, warm }: Deployed,
    event: string,
    requestId: string,
  ): Promise<InvocationResult> {
    if (this.closing.signal.aborted || this.runtime === undefined)
      throw new AwsError("ServiceException", "the Lambda of this machine is stopping", 500);
    const { onLine, onEnd } = this.options;
    const request: SandboxRequest = {
      settings,
      code,
      runtime: this.runtime,
      requestId,
      event,
      onLine: (line) => onLine?.(settings.name, requestId, line),
    };
    if (warm !== undefined) {
      const answered = await warm.invoke(request);
      onEnd?.(settings.name, answered);
      return answered;
    }
    const sandbox = startSandbox(request);
    this.sandboxes.set(requestId, { ...sandbox, functionName: settings.name });
    const result = await sandbox.ended;
    this.sandboxes.delete(requestId);
    onEnd?.(settings.name, result);
    return result;
  }

  private async withRetries(deployed: Deployed, event: string, requestId: string): Promise<void> {
    const { once = false } = deployed.settings;
    const delays = once ? [] : (this.options.retryDelaysSeconds ?? [60, 120]);
    let error = "";
    for (const delay of [0, ...delays]) {
      await this.pause(delay);
      if (this.closing.signal.aborted) return;
      const result = await this.run(deployed, event, requestId);
      if (result.functionError === undefined) return;
      error = result.payload;
    }
    if (this.closing.signal.aborted || once) return;
    const attempts = delays.length + 1;
    const given = {
      functionName: deployed.settings.name,
      event,
      attempts,
      error,
      requestId,
    };
    this.given.push(given);
    this.options.onDeadLetter?.(given);
  }

  /** Ends early when everything stops. */
  private pause(seconds: number): Promise<void> {
    if (seconds === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.closing.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
