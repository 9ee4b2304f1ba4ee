import type { Naming } from "../../core";
import type { Grant } from "../grant";
import { below, own } from "./conditions";
import { type Places, split } from "./places";

/** What is done to runs: `orders rerun`, `cancel`, `pause`, `resume` and `backfill`, each leaving who did it. */
export function operating(naming: Naming, { backfillFrom }: Places): Grant[] {
  const { prefix, environment } = naming.scope;
  const named = `${prefix}--${environment}--`;
  const ledger = naming.bucketArn(naming.bucket("platform", "ledger"));
  const from = "people.onCall";
  return [
    {
      id: "Rerun",
      actions: ["lambda:InvokeFunction"],
      resources: [naming.arn("lambda", `function:${named}*--trigger`)],
      why: "run an order again, or one that is missing",
      from,
    },
    {
      id: "StopJobs",
      actions: ["batch:CancelJob", "batch:TerminateJob"],
      resources: [naming.arn("batch", "job/*")],
      // Ids of jobs say nothing; the trigger tags every job.
      conditions: [
        {
          op: "StringEquals",
          key: "aws:ResourceTag/partner-ingest:environment",
          values: [environment],
        },
      ],
      why: "cancel an order",
      from,
    },
    {
      id: "WriteActions",
      actions: ["s3:PutObject"],
      resources: [`${ledger}/*/runs/*/actions/*.json`],
      conditions: own(naming),
      why: "leave in the ledger who did what",
      from,
    },
    {
      id: "IndexCancelled",
      actions: ["s3:PutObject"],
      resources: [`${ledger}/*/days/*.cancelled.json`],
      conditions: own(naming),
      why: "put a cancelled order into the index of its day",
      from,
    },
    {
      id: "Pause",
      actions: ["s3:PutObject"],
      resources: [`${ledger}/*/pauses/*.json`],
      conditions: own(naming),
      why: "hold a partner's new orders, or let them go on",
      from,
    },
    {
      id: "FindMissing",
      actions: ["s3:ListBucketVersions"],
      resources: [naming.bucketArn(`${named}*`)],
      conditions: own(naming),
      why: "find objects that came in and started nothing; their names, not what is in them",
      from,
    },
    ...backfillFrom.map(split).map(({ bucket, prefix: root }, index): Grant => ({
      id: `FindMissing${String(index + 1)}`,
      actions: ["s3:ListBucketVersions"],
      resources: [naming.bucketArn(bucket)],
      conditions: [...own(naming), below([`${root}*`])],
      why: "find objects that came into a bucket of your own and started nothing",
      from: "people.onCall.backfillFrom",
    })),
  ];
}
