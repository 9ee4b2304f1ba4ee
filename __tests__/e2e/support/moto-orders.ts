import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  RegisterJobDefinitionCommand,
} from "@aws-sdk/client-batch";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type LambdaServer, startLambda } from "../../../local/lambda";
import { type DeclaredPartner, readPartnerStack } from "../../../local/terraform-json";
import { readSpec } from "../../../local/try/function-spec";
import { loadProject, synthesize } from "../../../modules/app";
import { type Announcement, type PartnerSpec } from "../../../modules/contract";
import { Naming } from "../../../modules/core";
import { type Emulator, startMoto } from "../../../terraform";
import { call, type Called, REPOSITORY } from "../../cli/scratch-project";
import { hostEnvironment } from "./deployed-function";

/** Why things are done in these tests. */
export const why = ["--reason", "the e2e asks for it"];

/**
 * An emulator of AWS with what a partner's stack declares, made by the SDK, and the trigger's real zip: what the
 * operator's commands go to.
 */
export class MotoOrders {
  readonly queueUrls = new Map<string, string>();
  private readonly before = { ...process.env };

  private constructor(
    readonly partner: string,
    readonly directory: string,
    readonly emulator: Emulator,
    readonly naming: Naming,
    readonly lambda: LambdaServer,
    readonly declared: DeclaredPartner,
    readonly spec: PartnerSpec,
    readonly s3: S3Client,
    readonly sqs: SQSClient,
  ) {}

  static async start(partner: string): Promise<MotoOrders> {
    const directory = mkdtempSync(path.join(tmpdir(), "orders-moto-"));
    const project = loadProject(REPOSITORY);
    const environment = project.environments.find(({ environment: { id } }) => id === "local");
    if (environment === undefined) throw new Error("the repository has no local environment");
    const { account, region, prefix, id } = environment.environment;
    const naming = new Naming({ prefix, environment: id, account, region });
    const emulator = await startMoto({ account, region });
    const [stack] = (
      await synthesize(project, { outdir: directory, environments: [id], partners: [partner] })
    ).filter(({ owner }) => owner === partner);
    const declared = readPartnerStack(stack?.directory ?? "", () => 1);
    const spec = await readSpec(declared.trigger.zipFile);
    const lambda = await startLambda({ directory: path.join(directory, "lambda") });
    const common = {
      region,
      endpoint: emulator.endpoint,
      credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
    };
    const s3 = new S3Client({ ...common, forcePathStyle: true });
    const sqs = new SQSClient(common);
    const world = new MotoOrders(
      ...([partner, directory, emulator, naming, lambda, declared, spec, s3, sqs] as const),
    );
    Object.assign(process.env, hostEnvironment(emulator, region), {
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    });
    await world.createAll(region);
    await lambda.lambda.addFunction({
      ...declared.trigger,
      arn: naming.functionArn(partner, "trigger"),
      environment: declared.trigger.environment(),
      hostEnvironment: hostEnvironment(emulator, region),
    });
    return world;
  }

  /** Types a command about orders. */
  orders(...args: readonly string[]): Promise<Called> {
    return call(["orders", ...args, "--env", "local"], REPOSITORY);
  }

  /** The same, of which nothing but a good end is expected. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.orders(...args);
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: "" });
    return stdout;
  }

  put(Bucket: string, Key: string, Body: string): Promise<unknown> {
    return this.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  }

  /** What waits to be told, and is taken off its queue. */
  async announced(): Promise<Announcement[]> {
    const QueueUrl = this.queueUrls.get("platform announcements");
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { ReceiptHandle } of Messages)
      await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages.map(({ Body = "" }) => JSON.parse(Body) as Announcement);
  }

  async close(): Promise<void> {
    process.env = this.before;
    this.s3.destroy();
    this.sqs.destroy();
    await this.lambda.close();
    await this.emulator.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async createAll(region: string): Promise<void> {
    const { declared, naming, partner, s3, spec, sqs } = this;
    const names = [spec.ledgerBucket, ...declared.buckets.map(({ name }) => name)];
    for (const Bucket of names) {
      await s3.send(
        new CreateBucketCommand({
          Bucket,
          CreateBucketConfiguration: { LocationConstraint: region as "ap-northeast-2" },
        }),
      );
      await s3.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
      );
    }
    for (const [owner, thing] of [
      [partner, "dead-letters"],
      ["platform", "dead-letters"],
      ["platform", "announcements"],
    ] as const) {
      const QueueName = naming.name("queue", owner, thing);
      const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName }));
      this.queueUrls.set(`${owner} ${thing}`, QueueUrl);
    }
    const logs = new CloudWatchLogsClient({ region });
    await logs.send(new CreateLogGroupCommand({ logGroupName: naming.logGroup(partner, "jobs") }));
    logs.destroy();
    const batch = new BatchClient({ region });
    const computeEnvironmentName = "unmanaged";
    await batch.send(
      new CreateComputeEnvironmentCommand({
        computeEnvironmentName,
        type: "UNMANAGED",
        serviceRole: await this.createRole("batch"),
      }),
    );
    const queues = Object.values(spec.chains).flatMap((chain) =>
      chain.flatMap(({ queues: { standard, onDemand } }) => [standard, onDemand]),
    );
    for (const arn of new Set(queues))
      await batch.send(
        new CreateJobQueueCommand({
          jobQueueName: arn.split("/").pop() ?? "",
          state: "ENABLED",
          priority: 1,
          computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironmentName }],
        }),
      );
    for (const definition of Object.values(declared.jobDefinitions))
      await batch.send(new RegisterJobDefinitionCommand(definition));
    batch.destroy();
  }

  /** The emulator wants a role that is there; in AWS the service-linked one is. */
  private async createRole(RoleName: string): Promise<string> {
    const answer = await fetch(this.emulator.endpoint, {
      method: "POST",
      headers: {
        authorization:
          "AWS4-HMAC-SHA256 Credential=emulator/20260301/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=none",
      },
      body: new URLSearchParams({
        Action: "CreateRole",
        Version: "2010-05-08",
        RoleName,
        AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
      }),
    });
    const text = await answer.text();
    const [, arn] = /<Arn>([^<]+)<\/Arn>/u.exec(text) ?? [];
    if (arn === undefined) throw new Error(text);
    return arn;
  }
}
