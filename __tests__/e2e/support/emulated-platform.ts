import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  BatchClient,
  DescribeJobsCommand,
  type JobDetail,
  ListJobsCommand,
} from "@aws-sdk/client-batch";
import {
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Message, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type LambdaServer, startLambda } from "../../../local/lambda";
import {
  type ClaimRecord,
  claimKey,
  currentSpecKey,
  dayKey,
  ENV,
  orderKey,
  type PartnerSpec,
  specDigest,
  specJson,
  specKey,
} from "../../../modules/contract";
import type { Naming } from "../../../modules/core";
import type { Emulator, TerraformStackRunner } from "../../../terraform";
import { SELF_SIGNED } from "../../functions/notify/support/self-signed";
import { deployedFunction, hostEnvironment } from "./deployed-function";

/** The platform's functions. */
export const PLATFORM_FUNCTIONS = ["reconcile", "escalate", "notify"] as const;
type Thing = (typeof PLATFORM_FUNCTIONS)[number];

/** Settings of {@link EmulatedPlatform.start}. */
export interface EmulatedPlatformOptions {
  readonly emulator: Emulator;
  readonly naming: Naming;
  /** The platform's stack, applied. */
  readonly runner: TerraformStackRunner;
  readonly directory: string;
}

/** The platform's functions, run from what was deployed, against the emulator's S3, Batch, SQS and secrets. */
export class EmulatedPlatform {
  private readonly s3: S3Client;
  private readonly batch: BatchClient;
  private readonly sqs: SQSClient;
  private readonly secrets: SecretsManagerClient;
  /** What the functions wrote. */
  readonly log: string[] = [];
  private queueUrl = "";

  private constructor(
    private readonly options: EmulatedPlatformOptions,
    private readonly lambda: LambdaServer,
  ) {
    const common = clientSettings(options);
    this.s3 = new S3Client({ ...common, forcePathStyle: true });
    this.batch = new BatchClient(common);
    this.sqs = new SQSClient(common);
    this.secrets = new SecretsManagerClient(common);
  }

  static async start(options: EmulatedPlatformOptions): Promise<EmulatedPlatform> {
    const { directory, emulator, naming, runner } = options;
    mkdirSync(directory, { recursive: true });
    const ca = path.join(directory, "ca.pem");
    writeFileSync(ca, SELF_SIGNED.cert);
    const lambda = await startLambda({ directory: path.join(directory, "lambda") });
    const platform = new EmulatedPlatform(options, lambda);
    const { region } = naming.scope;
    for (const thing of PLATFORM_FUNCTIONS) {
      const settings = await deployedFunction({
        emulator,
        region,
        runner,
        functionName: naming.name("function", "platform", thing),
        zip: `${thing}.zip`,
        // The receiver of a test is trusted besides those that everybody trusts.
        hostEnvironment: { ...hostEnvironment(emulator, region), NODE_EXTRA_CA_CERTS: ca },
      });
      await lambda.lambda.addFunction(settings);
      platform.queueUrl = settings.environment[ENV.announcementsQueueUrl] ?? "";
    }
    await restMappings(options);
    return platform;
  }

  /** Invokes a function and returns its answer; its errors are thrown with their text. */
  async invoke(thing: Thing, event: unknown): Promise<unknown> {
    const name = this.options.naming.name("function", "platform", thing);
    const result = await this.lambda.lambda.invoke(name, JSON.stringify(event));
    this.log.push(...result.logLines);
    if (result.functionError !== undefined)
      throw new Error(`${result.payload}\n${result.logLines.join("\n")}`);
    return JSON.parse(result.payload);
  }

  /** The spec that the partner's stack put into the ledger. */
  async currentSpec(partner: string): Promise<PartnerSpec> {
    return JSON.parse(await this.read(currentSpecKey(partner))) as PartnerSpec;
  }

  /** What a trigger leaves that is killed as soon as it has claimed an order: no intent, no job. */
  async claimed(spec: PartnerSpec, orderId: string, minutesAgo = 10): Promise<ClaimRecord> {
    const claimedAt = new Date(Date.now() - minutesAgo * 60_000).toISOString();
    const source = { kind: "manual", orderId } as const;
    const run = { partner: spec.partner, orderKey: orderKey(orderId, source), attempt: 1 };
    const claim: ClaimRecord = {
      schemaVersion: 1,
      ...run,
      orderId,
      chain: "order",
      source,
      trigger: "byHand",
      specDigest: specDigest(spec),
      jobDefinitionRevisions: Object.fromEntries(spec.chains.order.map(({ name }) => [name, 1])),
      nonce: "trigger-that-died",
      claimedAt,
    };
    const entry = { schemaVersion: 1, ...run, fact: "claimed", orderId, claimedAt, claim };
    await this.write(specKey(spec.partner, claim.specDigest), specJson(spec));
    await this.write(dayKey(claimedAt.slice(0, 10), run, "claimed"), JSON.stringify(entry));
    await this.write(claimKey(run), JSON.stringify(claim));
    return claim;
  }

  /** The jobs of a run, whatever their queue, by name. */
  async jobsOf(run: ClaimRecord, queues: readonly string[]): Promise<readonly JobDetail[]> {
    const lists = await Promise.all(
      queues.map((jobQueue) =>
        this.batch.send(
          new ListJobsCommand({ jobQueue, filters: [{ name: "JOB_NAME", values: ["*"] }] }),
        ),
      ),
    );
    const prefix = `${run.partner}--${run.orderKey}--`;
    const ids = lists.flatMap(({ jobSummaryList = [] }) =>
      jobSummaryList.flatMap(({ jobId, jobName }) =>
        jobId !== undefined && jobName?.startsWith(prefix) === true ? [jobId] : [],
      ),
    );
    if (ids.length === 0) return [];
    const { jobs = [] } = await this.batch.send(new DescribeJobsCommand({ jobs: ids }));
    return [...jobs].sort((a, b) => ((a.jobName ?? "") < (b.jobName ?? "") ? -1 : 1));
  }

  /** Takes what waits in the announcements queue, as the event that Lambda would make of it. */
  async announcements(): Promise<readonly { body: string; event: unknown }[]> {
    const taken: Message[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.queueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) break;
      taken.push(...Messages);
    }
    return taken.map(({ Body = "", MessageId, ReceiptHandle }) => ({
      body: Body,
      event: {
        Records: [
          {
            messageId: MessageId,
            receiptHandle: ReceiptHandle,
            body: Body,
            attributes: { ApproximateReceiveCount: "1" },
          },
        ],
      },
    }));
  }

  /** Makes a secret and returns its ARN. */
  async secret(name: string, value: string): Promise<string> {
    const made = await this.secrets.send(
      new CreateSecretCommand({ Name: name, SecretString: value }),
    );
    return made.ARN ?? "";
  }

  async read(key: string): Promise<string> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.ledger, Key: key }));
    return (await Body?.transformToString()) ?? "";
  }

  async close(): Promise<void> {
    await this.lambda.close();
    for (const client of [this.s3, this.batch, this.sqs, this.secrets]) client.destroy();
  }

  private get ledger(): string {
    return this.options.naming.bucket("platform", "ledger");
  }

  private async write(key: string, body: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.ledger, Key: key, Body: body }));
  }
}

const clientSettings = ({ emulator, naming }: EmulatedPlatformOptions) => ({
  endpoint: emulator.endpoint,
  region: naming.scope.region,
  credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
});

/** The emulator would invoke functions by itself, in containers that are not there; see `UNUSABLE`. */
async function restMappings(options: EmulatedPlatformOptions): Promise<void> {
  const lambda = new LambdaClient(clientSettings(options));
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  for (const { UUID } of EventSourceMappings)
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  lambda.destroy();
}
