import { shareIdentifier } from "../core";
import type { Grant } from "../iam";
import { listPrefix, putObjects, readObjects } from "../s3";
import { ledgerRef } from "./bucket-refs";
import { listGrants } from "./process-grants";
import { arrayOf } from "./process-settings";
import { allSteps, type ResolvedPartner } from "./resolved-partner";
import { askGrants } from "./unpack-function";

const FROM = "functions.trigger";

/** What the trigger of a partner may do: submit this partner's steps, and keep their ledger. */
export function triggerGrants(resolved: ResolvedPartner): Grant[] {
  const counts = resolved.order.some(({ settings }) => arrayOf(settings).arrayFiles !== undefined);
  return [
    ...batchGrants(resolved),
    ...ledgerGrants(resolved),
    ...(counts ? listGrants(resolved, FROM) : []),
    ...askGrants(resolved, FROM),
  ];
}

function batchGrants(resolved: ResolvedPartner): Grant[] {
  const { naming, partner } = resolved;
  const steps = allSteps(resolved);
  return [
    {
      id: "SubmitJobs",
      actions: ["batch:SubmitJob"],
      resources: [
        // A run that was escalated goes on there, whoever completes it.
        ...steps.flatMap(({ queues }) => [queues.standard, queues.onDemand]),
        // A queue names a revision; a run is completed with those that it was started with.
        ...steps.map(({ name }) => `${naming.jobDefinitionArn(partner.id, name)}:*`),
        // AWS's reference lists the job that comes into being as a required resource.
        naming.arn("batch", "job/*"),
      ],
      // Queues are shared: the jobs always count as this partner's.
      conditions: [
        {
          op: "StringEquals",
          key: "batch:ShareIdentifier",
          values: [shareIdentifier(partner.id)],
        },
      ],
      why: "submit the steps of an order",
      from: FROM,
      source:
        "https://docs.aws.amazon.com/batch/latest/userguide/iam-example-share-identifier.html",
    },
    {
      id: "TagJobs",
      actions: ["batch:TagResource"],
      resources: [naming.arn("batch", "job/*")],
      conditions: [{ op: "StringEquals", key: "aws:RequestTag/partner", values: [partner.id] }],
      why: "tag each job with its partner, order and step when it is submitted",
      from: FROM,
      source: "https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html",
    },
    {
      id: "FindJobs",
      actions: ["batch:ListJobs"],
      resources: { any: true, reason: "no-resource-types" },
      why: "find a job whose submission got no answer, by its name",
      from: FROM,
    },
  ];
}

/** Exactly the facts that the trigger writes; reports of steps are not among them. */
function ledgerGrants(resolved: ResolvedPartner): Grant[] {
  const ledger = ledgerRef(resolved);
  const own = resolved.partner.id;
  const facts = [`${own}/runs/*/claim.json`, `${own}/runs/*/actions/*.json`, `${own}/spec/*.json`];
  const written = [`${own}/runs/*/intent.json`, `${own}/runs/*/submitted.json`];
  return [
    ...readObjects(ledger, [...facts, `${own}/runs/*/retry.json`, `${own}/runs/*/steps/*.json`], {
      id: "Ledger",
      why: "know what was claimed and submitted before, and how it went",
      from: FROM,
    }),
    ...putObjects(ledger, [...facts, ...written, `${own}/days/*.claimed.json`], {
      id: "Ledger",
      why: "claim orders and record what was submitted",
      from: FROM,
    }),
    listPrefix(ledger, [`${own}/runs/`, `${own}/days/`, `${own}/pauses/`], {
      id: "Ledger",
      why: "tell a missing record from a forbidden one, count the orders under way, know whether it is paused",
      from: FROM,
    }),
  ];
}
