import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { NotifyConfig } from "./config";
import type { NotifyPorts } from "./ports";

type AwsPorts = Pick<NotifyPorts, "readSecret" | "invoke" | "publish" | "delay" | "ledger">;

/** The calls of AWS. */
export function awsPorts({ region, ledgerBucket, queueUrl }: NotifyConfig): AwsPorts {
  const settings = { region, maxAttempts: 3 };
  const [secrets, parameters] = [new SecretsManagerClient(settings), new SSMClient(settings)];
  const [lambda, sns] = [new LambdaClient(settings), new SNSClient(settings)];
  const [sqs, s3] = [new SQSClient(settings), new S3Client(settings)];
  return {
    readSecret: async (arn) => {
      const value =
        arn.split(":")[2] === "ssm"
          ? (
              await parameters.send(
                new GetParametersCommand({ Names: [arn], WithDecryption: true }),
              )
            ).Parameters?.[0]?.Value
          : (await secrets.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
      if (value === undefined || value === "") throw new MissingSecretError();
      return value;
    },
    invoke: async (functionArn, payload) => {
      await lambda.send(
        new InvokeCommand({
          FunctionName: functionArn,
          InvocationType: "Event",
          Payload: Buffer.from(payload),
        }),
      );
    },
    publish: async (topicArn, subject, message) => {
      await sns.send(
        new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: message }),
      );
    },
    delay: async (receiptHandle, seconds) => {
      await sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    },
    ledger: ledger(s3, ledgerBucket),
  };
}

function ledger(s3: S3Client, bucket: string): NotifyPorts["ledger"] {
  return {
    // A listing tells a missing object from a forbidden one.
    find: async (key) => {
      const listed = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }),
      );
      if (listed.Contents?.[0]?.Key !== key) return undefined;
      const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return got.Body?.transformToString("utf-8");
    },
    create: async (key, body) => {
      try {
        await s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: body,
            ContentType: "application/json",
            IfNoneMatch: "*",
          }),
        );
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "PreconditionFailed") throw error;
      }
    },
  };
}

/** The secret is there, and holds no text. */
class MissingSecretError extends Error {
  override readonly name = "MissingSecretError";
}
