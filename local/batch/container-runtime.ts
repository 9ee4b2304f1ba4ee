/** Runs containers; the Batch of one machine does not know how. */
export interface ContainerRuntime {
  /**
   * Starts a container.
   *
   * @throws ContainerStartError when it can not start; Batch then counts an attempt without an exit code
   */
  start(container: ContainerSpec): Promise<RunningContainer>;
}

/** All that Batch tells the host of a container. */
export interface ContainerSpec {
  readonly jobId: string;
  readonly jobName: string;
  /** Counted from 1. */
  readonly attempt: number;
  readonly logStreamName: string;
  readonly image: string;
  /** ARN of the job role; whoever made the job definition gave none if it is missing. */
  readonly roleArn?: string | undefined;
  readonly command: readonly string[];
  /** The job definition's variables with the job's overrides, and those that Batch adds. */
  readonly environment: Readonly<Record<string, string>>;
  /** ARN of the secret by variable. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly mounts: readonly ContainerMount[];
}

/** A volume in a container. */
export interface ContainerMount {
  readonly containerPath: string;
  readonly readOnly: boolean;
  /** What stands behind it: containers that name the same source share its files. `undefined`: empty, for this container. */
  readonly source: string | undefined;
}

/** A container that runs. */
export interface RunningContainer {
  /** Never rejects. */
  readonly exited: Promise<ContainerExit>;
  /** Asks it to stop (SIGTERM) and ends it (SIGKILL) when it has not stopped within the grace. */
  stop(graceSeconds: number): void;
}

/** How a container ended. */
export interface ContainerExit {
  /** 128 + signal for one that a signal ended; missing where the host went away. */
  readonly exitCode?: number | undefined;
  /** Reason of the container, e.g. of running out of memory. */
  readonly reason?: string | undefined;
  /** Reason of the job's status, where the host knows one: it went away. */
  readonly statusReason?: string | undefined;
}

/** A container that could not start: image, secrets or volumes. */
export class ContainerStartError extends Error {
  override readonly name = "ContainerStartError";
}
