import type { FailureClass } from "./failure";

/** What an announcement tells. */
export type AnnouncementKind =
  | "started"
  | "delivered"
  | "failed"
  /** The partner's server is down; a new attempt is planned. */
  | "retrying"
  /** An expected order is not there. */
  | "late"
  /** A delivery is there, but its counts or size are not as expected. */
  | "unusual"
  /** Runs wait and can not start. */
  | "blocked"
  /** What was told before is over. */
  | "recovered"
  /** A person decided that a delivery in quarantine is not published. */
  | "rejected";

/**
 * What the functions of the platform have to tell people and other systems; a message on the announcements queue, which
 * the notify function empties. It holds no secret and no content of files.
 */
export interface Announcement {
  readonly schemaVersion: 1;
  /** One for each cause: the same id is told once, however often it is sent. */
  readonly id: string;
  readonly kind: AnnouncementKind;
  readonly severity: "info" | "warn" | "error";
  readonly partner: string;
  readonly environment: string;
  readonly orderId?: string | undefined;
  readonly orderKey?: string | undefined;
  readonly attempt?: number | undefined;
  readonly step?: string | undefined;
  /** SHA-256 of the partner's spec whose notification settings apply; see `specKey`. */
  readonly specDigest?: string | undefined;
  /** Why, and what to do; for failures, delays and warnings. */
  readonly cause?:
    | {
        readonly class: FailureClass;
        /** Stable name of the cause, e.g. `host-terminated`. */
        readonly code: string;
        readonly text: string;
        readonly cure: string;
      }
    | undefined;
  /** The command that a person types next, whole. */
  readonly nextCommand?: string | undefined;
  /** The command that shows what the jobs of the step wrote. */
  readonly logsCommand?: string | undefined;
  /** Who released or rejected a delivery in quarantine, and why. */
  readonly decision?: { readonly by: string; readonly reason: string } | undefined;
  readonly elapsedSeconds?: number | undefined;
  readonly counts?: Readonly<Record<string, number>> | undefined;
  readonly links?: readonly { readonly label: string; readonly url: string }[] | undefined;
  /** ISO 8601 instant of what is told. */
  readonly at: string;
}
