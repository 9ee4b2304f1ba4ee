import { FUNCTION_JOB_ID, type Announcement } from "../../modules/contract";
import type { GenerationState } from "../../modules/ledger";

type Link = NonNullable<Announcement["links"]>[number];

/** Where a person looks at what did a step: its job, and the log of its kind. */
export function consoleLinks(region: string, { job, submitted }: GenerationState): readonly Link[] {
  const console = `https://${region}.console.aws.amazon.com`;
  const group = logGroupOf(submitted?.jobDefinition ?? "");
  return [
    ...(job === undefined || job.jobId === FUNCTION_JOB_ID
      ? []
      : [
          {
            label: "job",
            url: `${console}/batch/home?region=${region}#jobs/detail/${encodeURIComponent(job.jobId)}`,
          },
        ]),
    ...(group === undefined
      ? []
      : [
          {
            label: "log",
            // The console reads this part of its own address encoded twice, with "$" for "%".
            url: `${console}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encodeURIComponent(encodeURIComponent(group)).replaceAll("%", "$")}`,
          },
        ]),
  ];
}

/** The log group of what a job definition or a function is called. Jobs of a partner share one, functions have their own. */
function logGroupOf(arn: string): string | undefined {
  const [, kind, name = ""] =
    /:(job-definition\/|function:)([a-z0-9-]+)(?::\d+)?$/u.exec(arn) ?? [];
  const [prefix, environment, partner, thing, ...rest] = name.split("--");
  if (thing === undefined || rest.length > 0) return undefined;
  const own = kind === "function:" ? thing : "jobs";
  return `/${[prefix, environment, partner, own].join("/")}`;
}
