import { BatchClient, SubmitJobCommand, type SubmitJobCommandInput } from "@aws-sdk/client-batch";
import {
  type BatchServer,
  type JobStateChange,
  type QueueBlocked,
  startBatch,
} from "../../../local/batch";
import { type CallHooks } from "../../../local/http/call-hooks";
import { ManualTimers, type Script, ScriptedRuntime } from "./scripted-runtime";

/** A Batch with one queue `q` and a job definition `d` of three attempts, and a client of it. */
export interface TestBatch {
  readonly server: BatchServer;
  readonly client: BatchClient;
  readonly runtime: ScriptedRuntime;
  readonly timers: ManualTimers;
  readonly events: JobStateChange[];
  /** Submits a job that does the script of its name. Returns its id. */
  submit(name: string, input?: Partial<SubmitJobCommandInput>): Promise<string>;
  /** Statuses of a job, in the order of their events. */
  statuses(jobId: string): (string | undefined)[];
  close(): Promise<void>;
}

/** Starts a {@link TestBatch}. */
export async function testBatch(
  scripts: Readonly<Record<string, readonly Script[]>> = {},
  options: {
    readonly hooks?: CallHooks;
    readonly concurrency?: number;
    readonly onQueueBlocked?: (event: QueueBlocked) => void;
  } = {},
): Promise<TestBatch> {
  const runtime = new ScriptedRuntime(scripts);
  const timers = new ManualTimers();
  const events: JobStateChange[] = [];
  const server = await startBatch({
    account: "111122223333",
    region: "ap-northeast-2",
    runtime,
    timers,
    concurrency: options.concurrency ?? 2,
    onEvent: (event) => void events.push(event),
    ...(options.hooks === undefined ? {} : { hooks: options.hooks }),
    ...(options.onQueueBlocked === undefined ? {} : { onQueueBlocked: options.onQueueBlocked }),
  });
  server.batch.addQueue({ name: "q" });
  server.batch.registerJobDefinition({
    jobDefinitionName: "d",
    type: "container",
    containerProperties: {
      image: "worker@sha256:0",
      command: ["fetch"],
      environment: [{ name: "FROM_DEFINITION", value: "1" }],
    },
    retryStrategy: {
      attempts: 3,
      evaluateOnExit: [
        { onStatusReason: "Host EC2*", action: "RETRY" },
        { onStatusReason: "Task failed to start", action: "RETRY" },
        { onExitCode: "75", action: "RETRY" },
        { onReason: "*", action: "EXIT" },
      ],
    },
    timeout: { attemptDurationSeconds: 60 },
  });
  const client = new BatchClient({
    region: "ap-northeast-2",
    endpoint: server.url,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  return {
    server,
    client,
    runtime,
    timers,
    events,
    submit: async (name, input = {}) => {
      const { jobId } = await client.send(
        new SubmitJobCommand({
          jobName: name,
          jobQueue: "q",
          jobDefinition: "d",
          shareIdentifier: "p1",
          containerOverrides: { command: [name] },
          ...input,
        }),
      );
      return jobId ?? "";
    },
    statuses: (jobId) =>
      events.filter(({ detail }) => detail.jobId === jobId).map(({ detail }) => detail.status),
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
}
