import type { Naming } from "../../core";
import type { Grant } from "../grant";
import { throughSqs } from "./conditions";

/** What `orders dlq list` and `redrive` do: look at dead letters, hand each to who gave it up, delete it then. */
export function redriving(naming: Naming): Grant[] {
  const { prefix, environment } = naming.scope;
  const announcements = naming.queueArn("platform", "announcements");
  const why = "take events up again that failed";
  const from = "people.onCall";
  return [
    {
      id: "TakeDeadLetters",
      actions: [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
      ],
      resources: [naming.arn("sqs", `${prefix}--${environment}--*--dead-letters`)],
      why,
      from,
    },
    {
      id: "AnnounceAgain",
      actions: ["sqs:GetQueueUrl", "sqs:SendMessage"],
      resources: [announcements],
      why: "tell again what could not be told",
      from,
    },
    {
      id: "SealAnnouncements",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [naming.arn("kms", "key/*")],
      conditions: throughSqs(naming, announcements),
      why: "tell again what could not be told, through a queue that is encrypted",
      from,
    },
    {
      id: "Escalate",
      actions: ["lambda:InvokeFunction"],
      resources: [naming.functionArn("platform", "escalate")],
      why: "hand over the end of a job again that was not taken",
      from,
    },
  ];
}
