import { createHash } from "node:crypto";

/** Where an order came from. Two events with the same identity are the same order. */
export type OrderSource =
  | { readonly kind: "manual"; readonly orderId: string }
  | {
      readonly kind: "schedule";
      /** Name of the schedule: two schedules of a partner may be due at the same instant and are two orders. */
      readonly trigger?: string | undefined;
      /** Full scheduled time as an ISO 8601 instant, e.g. `2026-03-01T21:00:00Z`. */
      readonly scheduledTime: string;
    }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      readonly key: string;
      readonly versionId?: string | undefined;
      readonly etag?: string | undefined;
      readonly sequencer?: string | undefined;
    };

/** Longest order id in UTF-8 bytes: that of an S3 key. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const ORDER_ID_MAX_BYTES = 1024;

const SLUG_MAX = 40;

/**
 * Says why a text can not be an order id, or `undefined` when it can.
 * Allowed is every legal S3 key without control characters: a NUL can not be passed to a program, and a line break in a
 * log line or a listing would be read as a second order.
 */
export function orderIdFault(orderId: string): string | undefined {
  if (orderId === "") return "is empty";
  // An unpaired surrogate has no UTF-8 form; two different ids would become the same bytes.
  if (!orderId.isWellFormed()) return "is not well-formed Unicode";
  if (Buffer.byteLength(orderId, "utf8") > ORDER_ID_MAX_BYTES)
    return `is longer than ${String(ORDER_ID_MAX_BYTES)} bytes of UTF-8`;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u.test(orderId)) return "holds control characters";
  return undefined;
}

/** The text whose hash names an order; changing its form renames every order. */
export function sourceIdentity(source: OrderSource): string {
  switch (source.kind) {
    case "manual":
      return JSON.stringify(["manual", source.orderId]);
    case "schedule":
      return JSON.stringify([
        "schedule",
        new Date(source.scheduledTime).toISOString(),
        ...(source.trigger === undefined ? [] : [source.trigger]),
      ]);
    case "s3":
      return JSON.stringify([
        "s3",
        source.bucket,
        source.key,
        source.versionId !== undefined && source.versionId !== "null"
          ? ["version", source.versionId]
          : ["etag", source.etag ?? "", source.sequencer ?? ""],
      ]);
  }
}

/**
 * Builds the key that stands for an order in job names, ledger keys and paths:
 * a readable slug of at most 40 characters, `-`, and 12 hex digits of the SHA-256 of the source identity.
 *
 * @param orderId - what people call the order; any text that {@link orderIdFault} accepts
 */
export function orderKey(orderId: string, source: OrderSource): string {
  const slug = orderId
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "-")
    .replace(/^-+|-+$/gu, "")
    .slice(0, SLUG_MAX)
    .replace(/-+$/u, "");
  const hash = createHash("sha256").update(sourceIdentity(source)).digest("hex").slice(0, 12);
  return `${slug === "" ? "order" : slug}-${hash}`;
}

/** What an order key looks like. */
export const ORDER_KEY_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,39})-[0-9a-f]{12}$/u;
