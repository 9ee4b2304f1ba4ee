import { isRecord, shown } from "./json";

/** @see https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html */
export const DEPENDS_ON_MAX = 20;

/** Bytes of one SubmitJob request. @see https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html */
export const SUBMIT_PAYLOAD_MAX_BYTES = 30 * 1024;

/** @see https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html */
export const TAGS_MAX = 50;
const TAG_KEY_MAX = 128;
const TAG_VALUE_MAX = 256;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Tags that the trigger sets on every job, by which IAM conditions, costs and searches find it. */
export const OWN_TAGS = ["partner", "orderKey", "step"] as const;

/**
 * Bytes that the partner's tags may take in the request. The rest is left to what an order brings: an id of 1,024 bytes
 * whose every character must be escaped takes about 8 KiB in the variables of the job (id and source), a version id of
 * S3 and twenty predecessors about 4 KiB more.
 */
export const JOB_TAGS_MAX_BYTES = 12 * 1024;

/** Tells why the partner's tags can not be tags of its jobs. */
export function jobTagFaults(tags: unknown): string[] {
  if (!isRecord(tags)) return [`jobTags must be an object, got ${shown(tags)}`];
  const faults: string[] = [];
  const count = Object.keys(tags).length + OWN_TAGS.filter((name) => !(name in tags)).length;
  if (count > TAGS_MAX)
    faults.push(
      `jobTags may hold at most ${String(TAGS_MAX - OWN_TAGS.length)} tags beside ${OWN_TAGS.join(", ")}, got ${String(Object.keys(tags).length)}`,
    );
  const bytes = Buffer.byteLength(JSON.stringify(tags), "utf8");
  if (bytes > JOB_TAGS_MAX_BYTES)
    faults.push(
      `jobTags may take at most ${String(JOB_TAGS_MAX_BYTES)} bytes of JSON, got ${String(bytes)}`,
    );
  for (const [key, value] of Object.entries(tags)) {
    const path = `jobTags[${shown(key)}]`;
    if (key === "" || key.length > TAG_KEY_MAX || !TAG_TEXT.test(key) || /^aws:/iu.test(key))
      faults.push(
        `${path} is no tag key; allowed are 1 to ${String(TAG_KEY_MAX)} letters, digits, spaces and _.:/=+-@, not beginning with "aws:"`,
      );
    if (typeof value !== "string" || value.length > TAG_VALUE_MAX || !TAG_TEXT.test(value))
      faults.push(
        `${path} must be at most ${String(TAG_VALUE_MAX)} letters, digits, spaces and _.:/=+-@, got ${shown(value)}`,
      );
  }
  return faults;
}
