import { mkdirSync } from "node:fs";
import path from "node:path";
import {
  BatchClient,
  DescribeJobDefinitionsCommand,
  DescribeJobsCommand,
  type JobDetail,
  ListJobsCommand,
} from "@aws-sdk/client-batch";
import {
  DeleteBucketPolicyCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { standIn } from "../../../images/teleport/stand-in";
import { bundleWorker } from "../../../images/worker/bundle";
import { type ContainerMount, type ContainerSpec, ProcessRuntime } from "../../../local/batch";
import { type LambdaServer, startLambda } from "../../../local/lambda";
import { type StandIn, type StandIns, startStandIns } from "../../../local/try/stand-ins";
import type { TriggerAnswer } from "../../../modules/contract";
import type { Emulator, TerraformStackRunner } from "../../../terraform";
import { deployedFunction, hostEnvironment } from "./deployed-function";

/** Settings of {@link EmulatedPartner.start}. */
export interface EmulatedPartnerOptions {
  readonly emulator: Emulator;
  readonly region: string;
  /** The partner's stack, applied. @default none: its jobs are run, and its function is deployed by others */
  readonly runner?: TerraformStackRunner;
  readonly functionName: string;
  readonly directory: string;
  /** @default the label's, with its program in Java */
  readonly standIn?: StandIn;
}

/** How a job ended. */
export interface EndedJob {
  readonly id: string;
  readonly name: string;
  readonly exitCode: number | undefined;
  readonly log: readonly string[];
}

/**
 * A partner whose stack is applied to the emulator: its function runs from the zip that was deployed, its jobs are those that
 * the emulator's Batch holds, run by the real worker on this machine.
 */
export class EmulatedPartner {
  readonly s3: S3Client;
  readonly batch: BatchClient;
  private readonly done = new Set<string>();

  private constructor(
    private readonly options: EmulatedPartnerOptions,
    private readonly lambda: LambdaServer,
    private readonly standIns: StandIns,
    private readonly host: Readonly<Record<string, string>>,
  ) {
    const { endpoint } = options.emulator;
    const common = {
      endpoint,
      region: options.region,
      credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
    };
    this.s3 = new S3Client({ ...common, forcePathStyle: true });
    this.batch = new BatchClient(common);
  }

  static async start(options: EmulatedPartnerOptions): Promise<EmulatedPartner> {
    const { directory, emulator, region } = options;
    mkdirSync(directory, { recursive: true });
    bundleWorker(path.join(directory, "worker.cjs"));
    const standIns = await startStandIns(
      ["teleport"],
      path.join(directory, "images"),
      () => options.standIn ?? standIn,
    );
    const lambda = await startLambda({ directory: path.join(directory, "lambda") });
    const host = { ...hostEnvironment(emulator, region), AWS_ENDPOINT_URL_LAMBDA: lambda.url };
    const partner = new EmulatedPartner(options, lambda, standIns, host);
    await partner.deployFunction(options.functionName, "trigger.zip");
    return partner;
  }

  /** Invokes the trigger with an event and returns its answer; its errors are thrown with their text. */
  async invoke(event: unknown): Promise<TriggerAnswer> {
    const { functionName } = this.options;
    const result = await this.lambda.lambda.invoke(functionName, JSON.stringify(event));
    if (result.functionError !== undefined)
      throw new Error(`${result.payload}\n${result.logLines.join("\n")}`);
    return JSON.parse(result.payload) as TriggerAnswer;
  }

  /** Ids of all jobs that the emulator's Batch holds, whatever their queue. */
  async jobIds(queues: readonly string[]): Promise<readonly string[]> {
    const lists = await Promise.all(
      queues.map((jobQueue) =>
        this.batch.send(
          // Without a filter only running jobs are told; AWS's own way to ask for all is the name.
          new ListJobsCommand({ jobQueue, filters: [{ name: "JOB_NAME", values: ["*"] }] }),
        ),
      ),
    );
    return lists.flatMap(({ jobSummaryList = [] }) =>
      jobSummaryList.flatMap(({ jobId }) => jobId ?? []),
    );
  }

  /** Takes away the policies of buckets, which the emulator misreads; see `UNUSABLE`. */
  async dropBucketPolicies(buckets: readonly string[]): Promise<void> {
    for (const bucket of buckets)
      await this.s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
  }

  async describe(ids: readonly string[]): Promise<readonly JobDetail[]> {
    const { jobs = [] } = await this.batch.send(new DescribeJobsCommand({ jobs: [...ids] }));
    return jobs;
  }

  /** Runs jobs that were not run yet, each after those that it depends on. */
  async run(ids: readonly string[]): Promise<readonly EndedJob[]> {
    const ended: EndedJob[] = [];
    const jobs = await this.describe(ids.filter((id) => !this.done.has(id)));
    for (const job of inOrder(jobs)) ended.push(await this.runJob(job));
    return ended;
  }

  /** Every object of a bucket below a prefix, content by key. */
  async objects(bucket: string, prefix = ""): Promise<ReadonlyMap<string, Buffer>> {
    const { Contents = [] } = await this.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
    );
    const found = new Map<string, Buffer>();
    for (const { Key = "" } of Contents) {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      found.set(Key, Buffer.from((await Body?.transformToByteArray()) ?? []));
    }
    return found;
  }

  async close(): Promise<void> {
    await this.lambda.close();
    await this.standIns.close();
    this.s3.destroy();
    this.batch.destroy();
  }

  /** Waits until no event is under way that nobody waits for. */
  idle(): Promise<void> {
    return this.lambda.lambda.idle();
  }

  /** Lets a function of the stack run from the zip that was deployed. */
  async deployFunction(functionName: string, zip: string): Promise<void> {
    const { emulator, region, runner } = this.options;
    if (runner === undefined) return;
    await this.lambda.lambda.addFunction(
      await deployedFunction({
        emulator,
        region,
        runner,
        functionName,
        zip,
        hostEnvironment: this.host,
      }),
    );
  }

  private async runJob(job: JobDetail): Promise<EndedJob> {
    const { directory } = this.options;
    const id = job.jobId ?? "";
    this.done.add(id);
    const spec = await this.containerSpec(job);
    const log: string[] = [];
    const runtime = new ProcessRuntime({
      worker: path.join(directory, "worker.cjs"),
      directory: path.join(directory, "batch"),
      hostEnvironment: this.host,
      secrets: Object.fromEntries(
        Object.entries(spec.secrets).map(([name, arn]) => [
          arn,
          this.standIns.environment[name] ?? "",
        ]),
      ),
      imageRoot: this.standIns.imageRoot,
      onLine: (_container, line) => log.push(line),
    });
    const container = await runtime.start(spec);
    const { exitCode } = await container.exited;
    return { id, name: job.jobName ?? "", exitCode, log };
  }

  /** What a host is told of a job: the command and environment that Batch holds, and what its job definition mounts. */
  private async containerSpec(job: JobDetail): Promise<ContainerSpec> {
    const { jobDefinitions = [] } = await this.batch.send(
      new DescribeJobDefinitionsCommand({ jobDefinitions: [job.jobDefinition ?? ""] }),
    );
    const definition = jobDefinitions[0]?.containerProperties;
    const held = Object.fromEntries(
      (job.container?.environment ?? []).map(({ name = "", value = "" }) => [name, value]),
    );
    const id = job.jobId ?? "";
    // The partner's own server is the stand-in here; nothing else of what Batch holds is changed.
    const server = Object.entries(this.standIns.environment).filter(([name]) => name in held);
    return {
      jobId: id,
      jobName: job.jobName ?? "",
      attempt: 1,
      logStreamName: id,
      image: definition?.image ?? "",
      command: job.container?.command ?? [],
      environment: {
        ...held,
        ...Object.fromEntries(server),
        AWS_BATCH_JOB_ID: id,
        AWS_BATCH_JOB_ATTEMPT: "1",
        AWS_BATCH_JQ_NAME: job.jobQueue?.split("/").at(-1) ?? "",
      },
      secrets: Object.fromEntries(
        (definition?.secrets ?? []).map(({ name = "", valueFrom = "" }) => [name, valueFrom]),
      ),
      mounts: (definition?.mountPoints ?? []).map((point): ContainerMount => {
        const volume = definition?.volumes?.find(({ name }) => name === point.sourceVolume);
        const efs = volume?.efsVolumeConfiguration;
        return {
          containerPath: point.containerPath ?? "",
          readOnly: point.readOnly ?? false,
          source:
            efs && [efs.fileSystemId, efs.authorizationConfig?.accessPointId ?? "root"].join("/"),
        };
      }),
    };
  }
}

/** Jobs after those that they depend on. */
function inOrder(jobs: readonly JobDetail[]): readonly JobDetail[] {
  const ordered: JobDetail[] = [];
  const visit = (job: JobDetail): void => {
    if (ordered.includes(job)) return;
    for (const { jobId } of job.dependsOn ?? [])
      for (const before of jobs.filter((other) => other.jobId === jobId)) visit(before);
    ordered.push(job);
  };
  jobs.forEach(visit);
  return ordered;
}
