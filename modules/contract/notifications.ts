import type { Announcement, AnnouncementKind } from "./announcement";

/** How much an announcement matters. */
export type Severity = Announcement["severity"];

/** Every kind of announcement. */
export const ANNOUNCEMENT_KINDS = [
  "started",
  "delivered",
  "failed",
  "retrying",
  "late",
  "unusual",
  "blocked",
  "recovered",
  "rejected",
] as const satisfies readonly AnnouncementKind[];

/** From the least to the most. */
export const SEVERITIES = ["info", "warn", "error"] as const satisfies readonly Severity[];

/** Where announcements of a partner go. Secrets are named by ARN alone, and read when they are used. */
export type ChannelSpec =
  | {
      readonly kind: "slack";
      /** The URL of the webhook is the secret. */
      readonly webhookSecretArn: string;
    }
  | {
      readonly kind: "http";
      readonly url: string;
      /** Key of the HMAC-SHA256 that signs each request. */
      readonly hmacSecretArn: string;
      /** Fields of the announcement that are sent; all where it is missing. */
      readonly fields?: readonly string[] | undefined;
    }
  | { readonly kind: "lambda"; readonly functionArn: string }
  | { readonly kind: "sns"; readonly topicArn: string };

/** Which announcements go to which channels. */
export interface NotificationRule {
  /** Names of channels. */
  readonly channels: readonly string[];
  /** All kinds where it is missing. */
  readonly kinds?: readonly AnnouncementKind[] | undefined;
  /** All severities where it is missing. */
  readonly severities?: readonly Severity[] | undefined;
}

/** Whom a partner's announcements are told to. */
export interface NotificationsSpec {
  readonly channels: Readonly<Record<string, ChannelSpec>>;
  /** Every rule that matches adds its channels; without rules all channels are told all. */
  readonly rules?: readonly NotificationRule[] | undefined;
  /** What the kinds of announcements are told as, instead of as they were announced. */
  readonly severity?: Readonly<Partial<Record<AnnouncementKind, Severity>>> | undefined;
}

/** An order that is expected again and again by a time. */
export interface OrderExpectation {
  readonly name: string;
  /** `cron(minutes hours day month weekday year)`, as EventBridge Scheduler takes it: the times by which an order is expected. */
  readonly cron: string;
  /** IANA time zone of {@link OrderExpectation.cron}. */
  readonly timezone: string;
  /** Minutes after the slot. */
  readonly warnAfterMinutes: number;
  readonly errorAfterMinutes: number;
  /** `arrived`: the order is known; `delivered`: its manifest is published. */
  readonly until: "arrived" | "delivered";
}

/** What every delivered order is expected to hold. */
export interface DeliveryExpectation {
  readonly minFiles?: number | undefined;
  readonly maxFiles?: number | undefined;
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
  /** Fewer files or bytes than the median of the last orders by more than so many percent are told. */
  readonly maxDropPercent?: number | undefined;
}

/** What is expected of a partner. */
export interface ExpectationsSpec {
  readonly orders?: readonly OrderExpectation[] | undefined;
  readonly deliveries?: DeliveryExpectation | undefined;
}

/** How often an announcement is tried before the queue puts it among the dead letters. */
export const ANNOUNCEMENT_MAX_RECEIVES = 12;
