/**
 * Longest run in seconds of the functions that submit (trigger, reconcile, escalate): their Lambda timeout. The lease of an
 * intent is built on it, so that none of them may be given more.
 */
export const TRIGGER_TIMEOUT_SECONDS = 60;

/** Direct invocation of the trigger: by hand, or by the listing step. */
export interface ManualEvent {
  readonly kind: "manual";
  /** What people call the order. */
  readonly orderId: string;
  /** Name of the manual trigger, where the partner has several. */
  readonly trigger?: string | undefined;
}

/**
 * Direct invocation of the trigger: does an order again, as a new attempt with the same id, source and chain, and with
 * what is deployed now. Refused while an attempt of the order is under way.
 */
export interface RerunEvent {
  readonly kind: "rerun";
  readonly orderKey: string;
  /** The attempt that is done again; the newest where it is left out. With it, the same event twice is one new attempt. */
  readonly attempt?: number | undefined;
  /**
   * The first step that is done again. Steps that do not come after it are skipped and must have succeeded; their
   * files in the staging of the earlier attempt are used. Left out: everything is done anew.
   */
  readonly from?: string | undefined;
  /**
   * Compares what {@link RerunEvent.attempt} delivered with its manifest, by checksum: the steps that deliver look there,
   * the others are skipped, and nothing is delivered anew. Of an attempt that was delivered; without `from`.
   */
  readonly verify?: boolean | undefined;
  /** Why, for the ledger. */
  readonly reason: string;
  /** Who: the caller's ARN or name. */
  readonly by: string;
}

/** What EventBridge Scheduler sends: the input that the schedule's target declares. */
export interface ScheduleEvent {
  readonly kind: "schedule";
  readonly trigger: string;
  /** Filled in by Scheduler from `<aws.scheduler.scheduled-time>`, e.g. `2026-03-01T21:00:00Z`. */
  readonly scheduledTime: string;
}

/** What the trigger answers, one entry for each order that the event held. */
export interface TriggerAnswer {
  readonly orders: readonly TriggeredOrder[];
  /** Why parts of the event started nothing, e.g. a key outside the trigger's prefix. */
  readonly ignored: readonly string[];
}

/** One order as the trigger left it. */
export interface TriggeredOrder {
  readonly orderId: string;
  readonly orderKey: string;
  readonly attempt: number;
  readonly chain: "order" | "discovery";
  /**
   * `started`: this invocation submitted at least one job; `known`: all was there; `waiting`: claimed, and started as
   * soon as fewer orders of the partner are under way than its limit; `paused`: claimed, and started once a person lets the
   * partner go on.
   */
  readonly outcome: "started" | "known" | "waiting" | "paused";
  /** Job id by step. */
  readonly jobs: Readonly<Record<string, string>>;
}
