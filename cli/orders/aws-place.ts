import { BatchClient } from "@aws-sdk/client-batch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type Project, type ProjectEnvironment } from "../../modules/app";
import { ledgerBucketOf, namingOf, type OrdersPlace } from "./cloud";
import { asked } from "./cloud-error";
import { cloudWatchLogs } from "./log-source";
import { sqsQueues } from "./message-queues";
import { s3LedgerReader } from "./s3-ledger-reader";

/**
 * The orders of an environment in AWS, by the credentials that the SDK finds.
 *
 * @param endpoint - an emulator in AWS's place; the SDK looks at AWS_ENDPOINT_URL itself
 */
export function awsPlace(
  project: Project,
  which: ProjectEnvironment,
  endpoint: string | undefined,
): OrdersPlace {
  const { environment } = which;
  const settings = {
    region: environment.region,
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const emulated =
    endpoint ?? process.env["AWS_ENDPOINT_URL"] ?? process.env["AWS_ENDPOINT_URL_S3"];
  const s3 = new S3Client({ ...settings, forcePathStyle: emulated !== undefined });
  const batch = new BatchClient(settings);
  // A rerun submits every step before it answers; a second call of the same attempt would be refused.
  const lambda = new LambdaClient({ ...settings, maxAttempts: 1 });
  const logs = new CloudWatchLogsClient(settings);
  const sqs = new SQSClient(settings);
  const queues = sqsQueues(sqs);
  const naming = namingOf(environment);
  const ledgerBucket = ledgerBucketOf(which);
  return {
    project,
    environment,
    naming,
    local: false,
    who: async () => {
      const sts = new STSClient(settings);
      const { Arn } = await asked(
        "ask who is signed in",
        sts.send(new GetCallerIdentityCommand({})),
      );
      return Arn ?? "unknown";
    },
    open: (partner) =>
      Promise.resolve({
        partner,
        ledger: s3LedgerReader(s3, ledgerBucket),
        ledgerBucket,
        s3,
        batch,
        lambda,
        logs: cloudWatchLogs(batch, logs, naming.logGroup(partner, "jobs")),
        queues,
      }),
    close: () => {
      for (const client of [s3, batch, lambda, logs, sqs]) client.destroy();
      return Promise.resolve();
    },
  };
}
