import { type Environment, settingPath, showValue } from "../config";

/** Tags that the trigger sets on every job itself. */
export const JOB_TAGS = ["partner", "orderKey", "step"] as const;

/** 50 tags of a job, less our own five. @see https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html */
const TAGS_MAX = 45;

/** What is wrong with the environment's tags, which every job carries. */
export function tagFaults({ id, tags }: Environment): string[] {
  const root = `environments/${id}`;
  const faults = JOB_TAGS.filter((name) => name in tags).map(
    (name) =>
      `${settingPath(root, ["tags", name])} has a name that jobs use for themselves (${JOB_TAGS.join(", ")}), got ${showValue(tags[name])}; rename it`,
  );
  if (Object.keys(tags).length > TAGS_MAX)
    faults.push(
      `${root}.tags must hold at most ${String(TAGS_MAX)} tags, got ${String(Object.keys(tags).length)}; AWS Batch takes 50 for a job, the others are our own`,
    );
  return faults;
}
