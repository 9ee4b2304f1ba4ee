/** A function as Terraform declares it. */
export interface FunctionSettings {
  readonly name: string;
  readonly arn: string;
  /** Absolute path of the deployment package. */
  readonly zipFile: string;
  /** `<file>.<export>` */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What this machine adds: region, credentials and endpoints of its services. */
  readonly hostEnvironment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMib: number;
  /**
   * Handles one event at a time, in a process that stays warm: for functions that many events come to.
   * @default false: each event has a process of its own
   */
  readonly warm?: boolean;
  /**
   * An event that failed is neither tried again nor kept.
   * @default false
   */
  readonly once?: boolean;
}

/** How an invocation ended. */
export interface InvocationResult {
  readonly requestId: string;
  /** `undefined` when the handler returned. */
  readonly functionError: "Unhandled" | undefined;
  /** JSON of the result or of the error. */
  readonly payload: string;
  readonly logLines: readonly string[];
}

/** An event that was given up after its retries. */
export interface DeadLetter {
  readonly functionName: string;
  /** JSON of the event. */
  readonly event: string;
  readonly attempts: number;
  /** JSON of the last error. */
  readonly error: string;
  /** Id of the request, which its tries shared. */
  readonly requestId: string;
}

/** An invocation that runs. */
export interface RunningInvocation {
  readonly functionName: string;
  readonly requestId: string;
  readonly pid: number | undefined;
  /** Kills its process at once (SIGKILL), as a crash of the sandbox would. */
  readonly kill: () => void;
}
