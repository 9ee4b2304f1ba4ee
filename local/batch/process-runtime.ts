import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { constants as osConstants } from "node:os";
import path from "node:path";
import { ENV } from "../../modules/contract";
import { eachLine } from "../process/lines";
import { killAtExit } from "../process/live-processes";
import { killMarked } from "../process/marked-processes";
import { layContainer } from "./container-root";
import {
  type ContainerExit,
  type ContainerRuntime,
  type ContainerSpec,
  ContainerStartError,
  type RunningContainer,
} from "./container-runtime";
import { CONTAINER_MARK, containersDirectory } from "./leftovers";
import { addToLogIndex } from "./log-index";

/** Settings of a {@link ProcessRuntime}. */
export interface ProcessRuntimeOptions {
  /** The worker's bundle, one file of JavaScript. */
  readonly worker: string;
  /** Holds volumes, the roots of containers while they run, and logs. */
  readonly directory: string;
  /** What the host adds to every container: credentials and endpoints of the services of this machine. */
  readonly hostEnvironment: Readonly<Record<string, string>>;
  /** Secrets by ARN; a container that names another does not start. */
  readonly secrets: Readonly<Record<string, string>>;
  /** A directory whose files the image holds, below its root. @default none */
  readonly imageRoot?: (image: string) => string | undefined;
  /** @default nobody is told */
  readonly onLine?: (container: ContainerSpec, line: string) => void;
}

/**
 * Runs a container as a process: `node <worker> <command...>`, with exactly the container's environment, what a real host
 * adds, and a directory that stands for the container's root.
 * No isolation: the process is that of the user. Volumes are directories that only containers with the same file system
 * and access point see.
 */
export class ProcessRuntime implements ContainerRuntime {
  constructor(private readonly options: ProcessRuntimeOptions) {}

  /** File that holds a container's output. */
  logFile(logStreamName: string): string {
    return path.join(this.options.directory, "logs", `${logStreamName}.log`);
  }

  async start(container: ContainerSpec): Promise<RunningContainer> {
    const { directory, imageRoot, worker, hostEnvironment } = this.options;
    const secrets = this.secretsOf(container);
    const id = randomBytes(16).toString("hex");
    const root = path.join(containersDirectory(directory), id);
    await layContainer({
      root,
      imageRoot: imageRoot?.(container.image),
      volumes: path.join(directory, "volumes"),
      mounts: container.mounts,
    });
    const logFile = this.logFile(container.logStreamName);
    await mkdir(path.dirname(logFile), { recursive: true });
    const { jobId, jobName, logStreamName } = container;
    addToLogIndex(directory, { jobId, jobName, logStreamName });
    const child = spawn(process.execPath, [worker, ...container.command], {
      cwd: root,
      // A group of its own: an interrupt from the terminal is not the container's.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: root,
        ...container.environment,
        ...secrets,
        ...hostEnvironment,
        ...signedAs(container),
        [ENV.localRoot]: root,
        [CONTAINER_MARK]: id,
      },
    });
    try {
      await once(child, "spawn");
    } catch (error) {
      await rm(root, { recursive: true, force: true });
      throw new ContainerStartError(`CannotStartContainerError: ${String(error)}`);
    }
    return { exited: this.exit(child, container, root, id, logFile), stop: stopper(child, id) };
  }

  private secretsOf({ secrets }: ContainerSpec): Record<string, string> {
    return Object.fromEntries(
      Object.entries(secrets).map(([name, arn]) => {
        const value = this.options.secrets[arn];
        if (value === undefined)
          throw new ContainerStartError(
            `ResourceInitializationError: unable to pull secrets: the secret ${JSON.stringify(arn)} of variable ${name} has no value on this machine`,
          );
        return [name, value];
      }),
    );
  }

  private async exit(
    child: ChildProcess,
    container: ContainerSpec,
    root: string,
    id: string,
    logFile: string,
  ): Promise<ContainerExit> {
    const forget = killAtExit(CONTAINER_MARK, id);
    const log = createWriteStream(logFile, { flags: "a" });
    const tell = (line: string): void => {
      log.write(`${line}\n`);
      this.options.onLine?.(container, line);
    };
    const output = [child.stdout, child.stderr].flatMap((stream) =>
      stream === null ? [] : eachLine(stream, tell),
    );
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    // What the worker left behind would end with the container, and holds its output open.
    killMarked(CONTAINER_MARK, id);
    forget();
    await Promise.all(output);
    await new Promise((resolve) => log.end(resolve));
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
    const number = signal === null ? 0 : osConstants.signals[signal];
    return { exitCode: code ?? 128 + number };
  }
}

/** The services of this machine ask for no key, so the id of the key can tell whose call it is: that of the job's role. */
function signedAs({ roleArn }: ContainerSpec): Record<string, string> {
  return roleArn === undefined ? {} : { AWS_ACCESS_KEY_ID: roleArn.split("/").pop() ?? roleArn };
}

function stopper(child: ChildProcess, id: string): (graceSeconds: number) => void {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill("SIGKILL");
    killMarked(CONTAINER_MARK, id);
  };
  child.once("exit", () => {
    clearTimeout(timer);
  });
  return (graceSeconds) => {
    clearTimeout(timer);
    if (graceSeconds === 0) {
      end();
      return;
    }
    // The first process alone is asked, as in a container.
    child.kill("SIGTERM");
    timer = setTimeout(end, graceSeconds * 1000);
  };
}
