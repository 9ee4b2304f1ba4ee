import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { startS3 } from "../../local/s3";
import { LocalQueue, startSqs } from "../../local/sqs";
import { deadLetterFile, lockRuns, tryPaths, type TryPaths } from "../../local/try";
import { type Project, type ProjectEnvironment } from "../../modules/app";
import { ledgerBucketOf, namingOf, type OrdersPlace, type PartnerCloud } from "./cloud";
import { localLogs } from "./local-logs";
import { sqsQueues } from "./message-queues";
import { s3LedgerReader } from "./s3-ledger-reader";

interface Opened {
  readonly cloud: PartnerCloud;
  readonly close: () => Promise<void>;
}

/** The orders of the last runs on this machine: an S3 is started on the state of each partner that is asked for. */
export function localPlace(project: Project, which: ProjectEnvironment): OrdersPlace {
  const { environment } = which;
  const opened = new Map<string, Opened>();
  const open = async (partner: string): Promise<PartnerCloud | undefined> => {
    const known = opened.get(partner);
    if (known !== undefined) return known.cloud;
    const paths = tryPaths(project.root, environment.id, partner);
    if (!existsSync(paths.s3)) return undefined;
    const place = await openLocal(which, partner, paths);
    opened.set(partner, place);
    return place.cloud;
  };
  return {
    project,
    environment,
    naming: namingOf(environment),
    local: true,
    who: () => Promise.resolve(userInfo().username),
    open,
    close: async () => {
      for (const { close } of opened.values()) await close();
      opened.clear();
    },
  };
}

/** Credentials that nothing accepts but the services of this machine. */
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

async function openLocal(
  which: ProjectEnvironment,
  partner: string,
  paths: TryPaths,
): Promise<Opened> {
  const { region, account } = which.environment;
  const ledgerBucket = ledgerBucketOf(which);
  const ends: (() => Promise<void> | void)[] = [lockRuns(paths.root, partner)];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const server = await startS3({ directory: paths.s3, region, account });
    ends.push(() => server.close());
    const naming = namingOf(which.environment);
    const letters = [partner, "platform"].map(
      (owner) =>
        new LocalQueue({
          name: naming.name("queue", owner, "dead-letters"),
          file: deadLetterFile(paths.root, owner),
        }),
    );
    const sqsServer = await startSqs(letters, account);
    ends.push(() => sqsServer.close());
    const s3 = new S3Client({
      region,
      endpoint: server.endpoint,
      forcePathStyle: true,
      credentials,
    });
    const sqs = new SQSClient({ region, endpoint: sqsServer.url, credentials });
    ends.push(() => {
      s3.destroy();
      sqs.destroy();
    });
    const cloud: PartnerCloud = {
      partner,
      ledger: s3LedgerReader(s3, ledgerBucket),
      ledgerBucket,
      s3,
      logs: localLogs(paths.batch),
      queues: sqsQueues(sqs),
    };
    return { cloud, close };
  } catch (error) {
    await close();
    throw error;
  }
}
