import { type CallListener } from "../http/seen-call";
import type { ObjectCreatedEvent } from "./events";
import type { FaultPlan } from "./faults/plan";
import type { Credentials } from "./sigv4/verify";

/** How a bucket is made. */
export interface BucketSetup {
  readonly name: string;
  /**
   * Whether every write makes a new version.
   *
   * @default false
   */
  readonly versioned?: boolean;
  /**
   * Whether creations of objects are told to {@link S3Options.onEvent}, as with EventBridge switched on.
   *
   * @default false
   */
  readonly eventBridge?: boolean;
}

/** How a local S3 is started. All is optional. */
export interface S3Options {
  /**
   * Where objects are kept. They survive a restart of the process; one server at a time may use a directory.
   *
   * @default - in memory, gone with the server
   */
  readonly directory?: string;
  /**
   * Port on 127.0.0.1; nothing else is ever listened on.
   *
   * @default 0, which takes a free one
   */
  readonly port?: number;
  /**
   * Buckets to make. One that is there already, in a directory that was used before, keeps its objects and takes over
   * the settings.
   *
   * @default - none
   */
  readonly buckets?: readonly BucketSetup[];
  /**
   * What goes wrong on purpose.
   *
   * @default - nothing
   */
  readonly faults?: FaultPlan;
  /**
   * PEM texts to serve HTTPS with.
   *
   * @default - HTTP
   */
  readonly tls?: { readonly key: string; readonly cert: string };
  /**
   * The only keys that may sign. Every request must then carry a correct Signature Version 4.
   *
   * @default - signatures are not looked at
   */
  readonly credentials?: Credentials;
  /**
   * Region that signatures are made for and buckets lie in.
   *
   * @default "us-east-1"
   */
  readonly region?: string;
  /**
   * Account that owns all buckets.
   *
   * @default "123456789012"
   */
  readonly account?: string;
  /** Is told of each request that is an operation. */
  readonly onCall?: CallListener;
  /** Is told of new objects in buckets with `eventBridge`, soon after the object can be read. */
  readonly onEvent?: (event: ObjectCreatedEvent) => void;
  /**
   * Takes a signed SHA-256 of the payload on trust. S3 checks it, and so does this server; a benchmark in which client
   * and server share the processor may not want to pay for the server's half.
   *
   * @default false
   */
  readonly withoutPayloadHashCheck?: boolean;
  /**
   * Checks bodies of more bytes than this and keeps nothing of them; reading them fails. For benchmarks: of uploads that
   * are larger than memory, and of those in which the server's memory would cost as much as the transfer. Not together
   * with `directory`.
   *
   * @default - everything is kept
   */
  readonly discardAbove?: number;
}

/** Default of {@link S3Options.region}. */
export const DEFAULT_REGION = "us-east-1";

/** Default of {@link S3Options.account}. */
export const DEFAULT_ACCOUNT = "123456789012";
