import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Certificate } from "./certificate";

/** The S3 of a benchmark, in a process of its own: client and server share neither heap nor event loop. */
export interface S3Process {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** What the child is told. */
export interface S3Order {
  readonly tls?: Certificate;
  readonly discard: boolean;
}

/** Starts it with one bucket, `bench`. With `discard` it checks all that comes in, and keeps nothing of large bodies. */
export async function startS3Process(order: S3Order): Promise<S3Process> {
  const child = fork(join(__dirname, "s3-child.ts"), [], {
    execArgv: ["--import", "tsx", "--no-warnings"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child.send(order);
  const [endpoint] = (await once(child, "message")) as [string];
  return {
    endpoint,
    close: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
