import type { Naming } from "../../core";
import type { Grant } from "../../iam";
import { type BucketRef, listPrefix, putObjects, readObjects } from "../../s3";

/** The form of `shareIdentifier`: partners come and go without the platform. */
const SHARE_IDENTIFIERS = `p${"?".repeat(16)}`;

/**
 * What the functions may do that complete and resume runs: keep the ledger of every partner of the environment, and submit,
 * find and end their jobs. Queues and job definitions are known by the environment's names, because partners come and go
 * without the platform.
 */
export function runsGrants(naming: Naming, ledger: BucketRef, from: string): Grant[] {
  return [
    ...readObjects(ledger, ["*/runs/*", "*/spec/*.json", "*/days/*", "*/announced/*.json"], {
      id: "Ledger",
      why: "know what was claimed, submitted and observed",
      from,
    }),
    ...putObjects(ledger, ["*/runs/*", "*/days/*"], {
      id: "Ledger",
      why: "record what was observed, submitted and planned",
      from,
    }),
    listPrefix(ledger, [""], { id: "Ledger", why: "find partners and their open runs", from }),
    {
      id: "SubmitJobs",
      actions: ["batch:SubmitJob"],
      resources: [
        naming.jobQueueArn("platform", "*"),
        naming.jobDefinitionArn("*", "*"),
        // AWS's reference lists the job that comes into being as a required resource.
        naming.arn("batch", "job/*"),
      ],
      // Queues are shared: a job always counts as some partner's.
      conditions: [{ op: "StringLike", key: "batch:ShareIdentifier", values: [SHARE_IDENTIFIERS] }],
      why: "submit steps that were not submitted, or have to be done again",
      from,
      source: "https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html",
    },
    {
      id: "TagJobs",
      actions: ["batch:TagResource"],
      resources: [naming.arn("batch", "job/*")],
      conditions: [{ op: "Null", key: "aws:RequestTag/partner", values: ["false"] }],
      why: "tag each job with its partner, order and step when it is submitted",
      from,
      source: "https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html",
    },
    {
      id: "EndJobs",
      actions: ["batch:TerminateJob"],
      resources: [naming.arn("batch", "job/*")],
      // Jobs that others run in the account have no such tag.
      conditions: [{ op: "Null", key: "aws:ResourceTag/partner", values: ["false"] }],
      why: "end jobs of runs that were cancelled or taken over",
      from,
    },
    {
      id: "FindJobs",
      actions: ["batch:DescribeJobs", "batch:ListJobs"],
      resources: { any: true, reason: "no-resource-types" },
      why: "ask Batch what became of a job, and find one whose submission got no answer",
      from,
    },
  ];
}
