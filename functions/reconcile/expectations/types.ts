/** An order of a partner as the ledger tells it. */
export interface ObservedOrder {
  readonly orderId: string;
  readonly orderKey: string;
  readonly attempt: number;
  /** ISO 8601 instant of the first claim. */
  readonly claimedAt: string;
  /** ISO 8601 instant for which it was scheduled; of others, when it was claimed. A late start is of its own time. */
  readonly dueAt: string;
  /** ISO 8601 instant; missing while it is not delivered. */
  readonly deliveredAt?: string | undefined;
  /** Of the manifest. */
  readonly totals?: { readonly files: number; readonly bytes: number } | undefined;
}

/** What the checks need to know. */
export interface ExpectationContext {
  /** The orders of the partner that were claimed at or after an instant (ISO 8601), in any order; discovery is none. */
  orders(since: string): Promise<readonly ObservedOrder[]>;
}
