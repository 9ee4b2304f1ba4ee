import { type BatchClient } from "@aws-sdk/client-batch";
import { type LambdaClient } from "@aws-sdk/client-lambda";
import { type S3Client } from "@aws-sdk/client-s3";
import { type Project, type ProjectEnvironment } from "../../modules/app";
import { Naming } from "../../modules/core";
import { type LedgerReader } from "../../modules/ledger";
import { type LogSource } from "./log-source";
import { type MessageQueues } from "./message-queues";

/** Where the orders of an environment are looked at and acted on. */
export interface OrdersPlace {
  readonly project: Project;
  readonly environment: ProjectEnvironment["environment"];
  readonly naming: Naming;
  /** Whether it is the state of the last runs on this machine. */
  readonly local: boolean;
  /** Who acts: the caller's ARN, or the user's name on this machine. */
  who(): Promise<string>;
  /** What holds a partner's orders; `undefined` where there is nothing of the partner. */
  open(partner: string): Promise<PartnerCloud | undefined>;
  /**
   * Whether a run is under way in another process of this machine, whose orders {@link OrdersPlace.open} then looks at;
   * missing in AWS. What was opened before is closed when that has changed.
   */
  readonly underWay?: ((partner: string) => Promise<boolean>) | undefined;
  close(): Promise<void>;
}

/** What holds a partner's orders. */
export interface PartnerCloud {
  readonly partner: string;
  readonly ledger: LedgerReader;
  readonly ledgerBucket: string;
  readonly s3: S3Client;
  /** Missing on this machine while no run is under way: no job outlives its run. */
  readonly batch?: BatchClient | undefined;
  /** The output of the partner's jobs. */
  readonly logs: LogSource;
  /** The platform's queues, and the partner's. */
  readonly queues: MessageQueues;
  /** Missing on this machine, where a run brings its own. */
  readonly lambda?: LambdaClient | undefined;
}

/** The names of an environment. */
export const namingOf = ({ prefix, id, account, region }: OrdersPlace["environment"]): Naming =>
  new Naming({ prefix, environment: id, account, region });

/** Name of the ledger's bucket: what the platform told, else what it is always called. */
export const ledgerBucketOf = ({ environment, facts }: ProjectEnvironment): string =>
  facts?.ledgerBucket ?? namingOf(environment).bucket("platform", "ledger");
