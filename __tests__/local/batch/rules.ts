import {
  DescribeJobsCommand,
  type JobDetail,
  type SubmitJobCommandInput,
} from "@aws-sdk/client-batch";
import { type QueueBlocked } from "../../../local/batch";
import { type Script } from "./scripted-runtime";
import { type TestBatch, testBatch } from "./setup";

/** Where the rules are documented. */
export const GUIDE = "https://docs.aws.amazon.com/batch/latest/userguide/";

/** Where the calls are documented. */
export const API = "https://docs.aws.amazon.com/batch/latest/APIReference/";

/** A documented rule, and what shows it. */
export interface Rule {
  readonly rule: string;
  readonly url: string;
  readonly scripts?: Readonly<Record<string, readonly Script[]>>;
  readonly concurrency?: number;
  readonly shows: (batch: TestBatch, blocked: readonly QueueBlocked[]) => Promise<void>;
}

/** A job as DescribeJobs tells it. */
export const detail = async (batch: TestBatch, jobId: string): Promise<JobDetail> => {
  const { jobs } = await batch.client.send(new DescribeJobsCommand({ jobs: [jobId] }));
  if (jobs?.[0] === undefined) throw new Error(`no job ${jobId}`);
  return jobs[0];
};

/** Waits until a job has a status, without time passing for Batch. */
export const reaches = async (batch: TestBatch, jobId: string, status: string): Promise<void> => {
  while (!batch.statuses(jobId).includes(status)) await new Promise(setImmediate);
};

/** Lets everything happen that does not need time or a container's end. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
};

/** Of a submission of an array job. */
export const array = (size: number): Partial<SubmitJobCommandInput> => ({
  arrayProperties: { size },
});

/** Names of the jobs that were started, in their order. */
export const started = (batch: TestBatch): string[] =>
  batch.runtime.started.map(({ jobName, environment }) =>
    [jobName, environment["AWS_BATCH_JOB_ARRAY_INDEX"]].filter(Boolean).join(":"),
  );

/** Shows a rule on a Batch with Spot, on-demand and Fargate Spot capacity. */
export async function show({ scripts, concurrency, shows }: Rule): Promise<void> {
  const blocked: QueueBlocked[] = [];
  const batch = await testBatch(scripts, {
    ...(concurrency === undefined ? {} : { concurrency }),
    onQueueBlocked: (event) => void blocked.push(event),
  });
  const { batch: local } = batch.server;
  local.addComputeEnvironment({ name: "spot", kind: "ec2-spot", maxVcpus: 4 });
  local.addComputeEnvironment({ name: "od", kind: "ec2", maxVcpus: 4 });
  local.addComputeEnvironment({ name: "fargate", kind: "fargate-spot" });
  local.addQueue({ name: "spot", priority: 10, computeEnvironments: ["spot", "od"] });
  local.addQueue({
    name: "on-demand",
    priority: 20,
    computeEnvironments: ["od"],
    timeLimits: [
      {
        reason: "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        state: "RUNNABLE",
        maxTimeSeconds: 600,
        action: "CANCEL",
      },
    ],
  });
  local.addQueue({ name: "fargate", computeEnvironments: ["fargate"] });
  try {
    await shows(batch, blocked);
  } finally {
    await batch.close();
  }
}
