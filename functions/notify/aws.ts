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

/**
 * Milliseconds that one call may take, its repetitions included: the longest chain of calls for one message, a channel's
 * own answer among them, stays below the function's timeout, so that one silent service does not take the other messages
 * of a batch down with it.
 */
const CALL_MS = 5_000;

/** The calls of AWS. */
export function awsPorts(
  { region, ledgerBucket, queueUrl }: NotifyConfig,
  timeoutMs = CALL_MS,
): AwsPorts {
  const limited: Limited = (call) => within(timeoutMs, call);
  const settings = { region, maxAttempts: 3 };
  const [secrets, parameters] = [new SecretsManagerClient(settings), new SSMClient(settings)];
  const [lambda, sns] = [new LambdaClient(settings), new SNSClient(settings)];
  const [sqs, s3] = [new SQSClient(settings), new S3Client(settings)];
  return {
    readSecret: async (arn) => {
      const value = await limited(async (abort) =>
        arn.split(":")[2] === "ssm"
          ? (
              await parameters.send(
                new GetParametersCommand({ Names: [arn], WithDecryption: true }),
                abort,
              )
            ).Parameters?.[0]?.Value
          : (await secrets.send(new GetSecretValueCommand({ SecretId: arn }), abort)).SecretString,
      );
      if (value === undefined || value === "") throw new MissingSecretError();
      return value;
    },
    invoke: async (functionArn, payload) => {
      const command = new InvokeCommand({
        FunctionName: functionArn,
        InvocationType: "Event",
        Payload: Buffer.from(payload),
      });
      await limited((abort) => lambda.send(command, abort));
    },
    publish: async (topicArn, subject, message) => {
      const command = new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        Message: message,
      });
      await limited((abort) => sns.send(command, abort));
    },
    delay: async (receiptHandle, seconds) => {
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      });
      await limited((abort) => sqs.send(command, abort));
    },
    ledger: ledger(s3, ledgerBucket, limited),
  };
}

/** Makes a call that is broken off when it takes too long. */
type Limited = <T>(
  call: (abort: { readonly abortSignal: AbortSignal }) => Promise<T>,
) => Promise<T>;

async function within<T>(
  timeoutMs: number,
  call: (abort: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const abortSignal = AbortSignal.timeout(timeoutMs);
  try {
    return await call({ abortSignal });
  } catch (error) {
    throw abortSignal.aborted ? new NoAnswerError("", { cause: error }) : error;
  }
}

function ledger(s3: S3Client, bucket: string, limited: Limited): NotifyPorts["ledger"] {
  return {
    // A listing tells a missing object from a forbidden one.
    find: async (key) => {
      const listed = await limited((abort) =>
        s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }), abort),
      );
      if (listed.Contents?.[0]?.Key !== key) return undefined;
      return limited(async (abort) => {
        const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), abort);
        return got.Body?.transformToString("utf-8");
      });
    },
    create: async (key, body) => {
      try {
        const command = new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: "application/json",
          IfNoneMatch: "*",
        });
        await limited((abort) => s3.send(command, abort));
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

/** AWS said nothing in time. */
class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}
