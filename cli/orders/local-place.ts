import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { S3Client } from "@aws-sdk/client-s3";
import { startS3 } from "../../local/s3";
import { lockRuns, tryPaths } from "../../local/try";
import { type Project, type ProjectEnvironment } from "../../modules/app";
import { ledgerBucketOf, namingOf, type OrdersPlace, type PartnerCloud } from "./cloud";
import { s3LedgerReader } from "./s3-ledger-reader";

/** The orders of the last runs on this machine: an S3 is started on the state of each partner that is asked for. */
export function localPlace(project: Project, which: ProjectEnvironment): OrdersPlace {
  const { environment } = which;
  const ledgerBucket = ledgerBucketOf(which);
  const opened = new Map<
    string,
    { readonly cloud: PartnerCloud; readonly close: () => Promise<void> }
  >();
  const open = async (partner: string): Promise<PartnerCloud | undefined> => {
    const known = opened.get(partner);
    if (known !== undefined) return known.cloud;
    const paths = tryPaths(project.root, environment.id, partner);
    if (!existsSync(paths.s3)) return undefined;
    const release = lockRuns(paths.root, partner);
    try {
      const server = await startS3({
        directory: paths.s3,
        region: environment.region,
        account: environment.account,
      });
      const s3 = new S3Client({
        region: environment.region,
        endpoint: server.endpoint,
        forcePathStyle: true,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
      });
      const ledger = s3LedgerReader(s3, ledgerBucket);
      const cloud: PartnerCloud = { partner, ledger, ledgerBucket, s3 };
      const close = async (): Promise<void> => {
        s3.destroy();
        await server.close();
        release();
      };
      opened.set(partner, { cloud, close });
      return cloud;
    } catch (error) {
      release();
      throw error;
    }
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
