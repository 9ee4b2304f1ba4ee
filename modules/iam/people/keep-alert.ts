import type { Naming } from "../../core";
import type { Statement } from "../policy-document";

/** Actions that would keep an event rule from telling, or change what it tells. */
const ON_RULE = [
  "events:DeleteRule",
  "events:DisableRule",
  // An enabled rule gets no reads of CloudTrail any more, and taking a role on is one.
  "events:EnableRule",
  "events:PutRule",
  "events:PutTargets",
  "events:RemoveTargets",
] as const;

/** Actions that would keep a topic from telling people. */
const ON_TOPIC = [
  "sns:AddPermission",
  "sns:DeleteTopic",
  "sns:RemovePermission",
  "sns:SetSubscriptionAttributes",
  "sns:SetTopicAttributes",
  "sns:Unsubscribe",
] as const;

/** Whoever breaks the glass can not silence what tells of it, though the role may apply all else of the platform. */
export function keepAlert(naming: Naming): Statement {
  return {
    Sid: "KeepAlert",
    Effect: "Deny",
    Action: [...ON_RULE, ...ON_TOPIC],
    Resource: keptAlert(naming),
  };
}

/** The rule and the topic of the alert. */
export function keptAlert(naming: Naming): readonly [rule: string, topic: string] {
  const rule = naming.name("rule", "platform", "break-glass");
  return [naming.arn("events", `rule/${rule}`), naming.topicArn("platform", "alerts")];
}
