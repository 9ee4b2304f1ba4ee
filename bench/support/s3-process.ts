import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleAsWorker } from "../../images/worker/bundle";
import type { Certificate } from "./certificate";

/** The S3 of a benchmark, in a process of its own: client and server share neither heap nor event loop. */
export interface S3Process {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** What the child is told. */
export interface S3Order {
  readonly tls?: Certificate;
  /** Bodies of more bytes than this are checked and not kept. @default - all are kept */
  readonly discardAbove?: number;
}

/**
 * Starts it with one bucket, `bench`.
 *
 * The server takes part of the processor from every client. So it runs as one plain file: with a loader for TypeScript in
 * its process the collector walks over the loader's heap again and again, a third of all that the server does.
 */
export async function startS3Process(order: S3Order): Promise<S3Process> {
  const directory = mkdtempSync(join(tmpdir(), "bench-s3-"));
  const file = join(directory, "s3.js");
  bundleAsWorker(join(__dirname, "s3-child.ts"), file);
  const child = fork(file, [], {
    execArgv: ["--no-warnings"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child.send(order);
  const [endpoint] = (await once(child, "message")) as [string];
  rmSync(directory, { recursive: true });
  return {
    endpoint,
    close: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
