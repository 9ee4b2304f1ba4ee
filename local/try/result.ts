import { type ChainName } from "../../modules/contract";
import { type Handed } from "./hand-over";

/** How a run on one machine went. */
export interface TryResult {
  readonly partner: string;
  readonly environment: string;
  readonly trigger: { readonly name: string; readonly kind: string };
  /** `failed`: at least one order failed, or the event was given up. `known`: there was nothing to do. */
  readonly outcome: "delivered" | "known" | "failed";
  /** Why it failed, for people. */
  readonly reasons: readonly string[];
  readonly orders: readonly TriedOrder[];
  /** What an operator was told: warnings and errors, as the notify function words them. */
  readonly alerts: readonly string[];
  /** What became of each thing that was handed over. */
  readonly handed: readonly Handed[];
  readonly seconds: number;
  /** ISO 8601 instant. */
  readonly startedAt: string;
  /** Where state and logs are. */
  readonly directory: string;
}

/** One order of a run. */
export interface TriedOrder {
  readonly orderId: string;
  readonly orderKey: string;
  readonly attempt: number;
  readonly chain: ChainName;
  /** `known`: was delivered before; nothing was done. `listed`: a listing that ended well. `paused`: was recorded. */
  readonly outcome: "delivered" | "listed" | "known" | "paused" | "failed";
  readonly reason?: string | undefined;
  readonly jobs: readonly TriedJob[];
  readonly deliveries: readonly Delivery[];
  readonly ledgerKeys: readonly string[];
}

/** One job. */
export interface TriedJob {
  readonly step: string;
  /** How often the step was submitted, this time included. */
  readonly generation: number;
  readonly jobId: string;
  readonly jobName: string;
  readonly status: string;
  readonly statusReason?: string | undefined;
  readonly attempts: readonly TriedAttempt[];
  /** What the worker said last of itself, where it failed. */
  readonly message?: string | undefined;
  /** The end of what the partner's program wrote to stderr, where it failed. */
  readonly programSaid?: string | undefined;
  readonly logFile?: string | undefined;
}

/** One attempt of a job. Instants are ISO 8601. */
export interface TriedAttempt {
  readonly startedAt?: string | undefined;
  readonly stoppedAt?: string | undefined;
  readonly exitCode?: number | undefined;
  /** Name of the worker's exit code. */
  readonly exitName?: string | undefined;
  readonly reason?: string | undefined;
}

/** What was delivered, as the manifest says and the bucket holds. */
export interface Delivery {
  readonly bucket: string;
  readonly manifestKey: string;
  readonly files: readonly { readonly path: string; readonly key: string; readonly size: number }[];
  readonly bytes: number;
  /** Where manifest and bucket differ; empty is right. */
  readonly differences: readonly string[];
}
