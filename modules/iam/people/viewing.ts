import type { Naming } from "../../core";
import type { Grant } from "../grant";
import { own, throughS3 } from "./conditions";

/** What viewers may: `orders list`, `show` and `logs`, and a look at queues and definitions in AWS's console. */
export function viewing(naming: Naming): Grant[] {
  const { prefix, environment } = naming.scope;
  const named = `${prefix}--${environment}--*`;
  const group = naming.arn("logs", `log-group:/${prefix}/${environment}/*`);
  const ledger = naming.bucketArn(naming.bucket("platform", "ledger"));
  const from = "people.viewer";
  return [
    {
      id: "SeeJobs",
      actions: [
        "batch:DescribeComputeEnvironments",
        "batch:DescribeJobDefinitions",
        "batch:DescribeJobQueues",
        "batch:DescribeJobs",
        "batch:ListJobs",
      ],
      resources: { any: true, reason: "no-resource-types" },
      why: "see what runs and why it waits",
      from,
    },
    {
      id: "ReadLogs",
      actions: ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"],
      resources: [group],
      why: "read the logs of jobs and functions",
      from,
    },
    {
      id: "SeeQueues",
      actions: ["sqs:GetQueueAttributes"],
      resources: [naming.arn("sqs", named)],
      why: "see how many events failed",
      from,
    },
    {
      id: "ListLedger",
      actions: ["s3:ListBucket"],
      resources: [ledger],
      // Without a prefix: S3 says "there is none" of a fact, and not "forbidden", to those alone who may list it all.
      conditions: own(naming),
      why: "find runs",
      from,
    },
    {
      id: "ReadLedger",
      actions: ["s3:GetObject"],
      resources: [`${ledger}/*`],
      conditions: own(naming),
      why: "see the state of runs",
      from,
    },
    {
      id: "ReadLedgerKey",
      actions: ["kms:Decrypt"],
      resources: [naming.arn("kms", "key/*")],
      conditions: throughS3(naming, [ledger, `${ledger}/*`]),
      why: "see the state of runs",
      from,
    },
  ];
}
