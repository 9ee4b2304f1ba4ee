import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { BatchClient } from "@aws-sdk/client-batch";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { startS3 } from "../../local/s3";
import { LocalQueue, startSqs } from "../../local/sqs";
import {
  deadLetterFile,
  lockRuns,
  runningServices,
  type RunningServices,
  tryPaths,
  type TryPaths,
} from "../../local/try";
import { type Project, type ProjectEnvironment } from "../../modules/app";
import { ledgerBucketOf, namingOf, type OrdersPlace, type PartnerCloud } from "./cloud";
import { localLogs } from "./local-logs";
import { NO_QUEUES, sqsQueues } from "./message-queues";
import { s3LedgerReader } from "./s3-ledger-reader";

interface Opened {
  readonly cloud: PartnerCloud;
  /** Process whose run is looked at; missing where what runs have left is. */
  readonly pid?: number | undefined;
  readonly close: () => Promise<void>;
}

/** How a place on this machine is used. */
export interface LocalPlaceOptions {
  /** Looks at a run that is under way, too; else that is refused, as both would write. @default false */
  readonly whileRunning?: boolean;
}

/**
 * The orders of the last runs on this machine: an S3 is started on the state of each partner that is asked for, or that of
 * the run is used which is under way.
 */
export function localPlace(
  project: Project,
  which: ProjectEnvironment,
  { whileRunning = false }: LocalPlaceOptions = {},
): OrdersPlace {
  const { environment } = which;
  const opened = new Map<string, Opened>();
  const pathsOf = (partner: string): TryPaths => tryPaths(project.root, environment.id, partner);
  const open = async (partner: string): Promise<PartnerCloud | undefined> => {
    const known = opened.get(partner);
    if (known !== undefined) return known.cloud;
    const paths = pathsOf(partner);
    const running = whileRunning ? runningServices(paths.root) : undefined;
    if (running === undefined && !existsSync(paths.s3)) return undefined;
    const place =
      running === undefined
        ? await openLocal(which, partner, paths)
        : openRunning(which, partner, paths, running);
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
    underWay: async (partner) => {
      const pid = whileRunning ? runningServices(pathsOf(partner).root)?.pid : undefined;
      const known = opened.get(partner);
      if (known !== undefined && known.pid !== pid) {
        opened.delete(partner);
        await known.close();
      }
      return pid !== undefined;
    },
    close: async () => {
      for (const { close } of opened.values()) await close();
      opened.clear();
    },
  };
}

/** Credentials that nothing accepts but the services of this machine. */
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

const s3Client = (region: string, endpoint: string): S3Client =>
  new S3Client({ region, endpoint, forcePathStyle: true, credentials });

/** Looks at the services of a run that is under way. */
function openRunning(
  which: ProjectEnvironment,
  partner: string,
  paths: TryPaths,
  running: RunningServices,
): Opened {
  const { region } = which.environment;
  const ledgerBucket = ledgerBucketOf(which);
  const s3 = s3Client(region, running.s3);
  const batch = new BatchClient({ region, endpoint: running.batch, credentials });
  const cloud: PartnerCloud = {
    partner,
    ledger: s3LedgerReader(s3, ledgerBucket),
    ledgerBucket,
    s3,
    batch,
    logs: localLogs(paths.batch, batch),
    queues: NO_QUEUES,
  };
  return {
    cloud,
    pid: running.pid,
    close: () => {
      s3.destroy();
      batch.destroy();
      return Promise.resolve();
    },
  };
}

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
    const s3 = s3Client(region, server.endpoint);
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
