import { type Environment, settingPath, showValue } from "../config";

/** Tags that the trigger sets on every job itself. */
export const JOB_TAGS = ["partner", "orderKey", "step"] as const;

/** 50 tags of a job, less our own five. @see https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html */
const TAGS_MAX = 45;

/** Bytes of the tags in each request of a job; what an order brings along needs the rest. */
const TAGS_MAX_BYTES = 11 * 1024;

const KEY_MAX = 128;
const VALUE_MAX = 256;
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const CHARACTERS = "letters, digits, spaces and _.:/=+-@";

/** What is wrong with the environment's tags, which every job carries. */
export function tagFaults({ id, tags }: Environment): string[] {
  const root = `environments/${id}`;
  const faults = Object.entries(tags).flatMap(([key, value]) =>
    tagFault(key, value).map(
      (fault) => `${settingPath(root, ["tags", key])} ${fault}, got ${showValue(value)}`,
    ),
  );
  if (Object.keys(tags).length > TAGS_MAX)
    faults.push(
      `${root}.tags must hold at most ${String(TAGS_MAX)} tags, got ${String(Object.keys(tags).length)}; AWS Batch takes 50 for a job, the others are our own`,
    );
  const bytes = Buffer.byteLength(JSON.stringify(tags), "utf8");
  if (bytes > TAGS_MAX_BYTES)
    faults.push(
      `${root}.tags must take at most ${String(TAGS_MAX_BYTES)} bytes of JSON, got ${String(bytes)}; use fewer or shorter tags`,
    );
  return faults;
}

function tagFault(key: string, value: string): string[] {
  if ((JOB_TAGS as readonly string[]).includes(key))
    return [`has a name that jobs use for themselves (${JOB_TAGS.join(", ")}); rename it`];
  if (key === "" || key.length > KEY_MAX || !TEXT.test(key) || /^aws:/iu.test(key))
    return [
      `has a name that AWS does not take: 1 to ${String(KEY_MAX)} ${CHARACTERS}, not beginning with "aws:"`,
    ];
  if (value.length > VALUE_MAX || !TEXT.test(value))
    return [`must be at most ${String(VALUE_MAX)} ${CHARACTERS}`];
  return [];
}
