import { type JobStatus } from "@aws-sdk/client-batch";

/** What a run on one machine tells while it goes on. */
export type TryEvent =
  /** A new phase begins. */
  | { readonly kind: "phase"; readonly text: string }
  /** Something that a person should know. */
  | { readonly kind: "note"; readonly text: string }
  | {
      readonly kind: "job";
      readonly partner: string;
      readonly step: string;
      readonly orderKey: string;
      readonly jobId: string;
      readonly status: JobStatus;
      /** Counted from 1. */
      readonly attempt: number;
      readonly reason?: string | undefined;
      /** ISO 8601 instant. */
      readonly at: string;
    }
  /** A line that the trigger or a job wrote. */
  | { readonly kind: "log"; readonly source: string; readonly line: string };

/** Is told of everything that happens in a run. */
export type TryListener = (event: TryEvent) => void;
