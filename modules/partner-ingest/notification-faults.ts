import type { Environment, Partner } from "../config";
import { namingOf } from "../stack";

type Channel = NonNullable<Partner["notifications"]>["channels"][string];

/**
 * What is wrong with where a partner's channels point to. One function tells for all partners of an environment; its role
 * reaches only what is named as a partner's own, so that no partner's file can make it use anything else.
 */
export function notificationFaults(partner: Partner, environment: Environment): string[] {
  const naming = namingOf(environment);
  const begins = {
    secretsmanager: naming.arn(
      "secretsmanager",
      `secret:${naming.pathName(partner.id, "notify/")}`,
    ),
    ssm: naming.arn("ssm", `parameter/${naming.pathName(partner.id, "notify/")}`),
    lambda: naming.functionArn(partner.id, "notify-"),
    sns: naming.topicArn(partner.id, "notify-"),
  };
  const fault = (
    name: string,
    setting: string,
    arn: string,
    allowed: readonly string[],
  ): string[] =>
    allowed.some((begin) => arn.startsWith(begin) && arn.length > begin.length)
      ? []
      : [
          `partners/${partner.id}.notifications.channels.${name}.${setting} must begin with ${allowed.join(" or ")}; the notify function reaches nothing else, name it so`,
        ];
  const check = (name: string, channel: Channel): string[] => {
    switch (channel.kind) {
      case "slack":
        return fault(name, "webhookSecretArn", channel.webhookSecretArn, [
          begins.secretsmanager,
          begins.ssm,
        ]);
      case "http":
        return fault(name, "hmacSecretArn", channel.hmacSecretArn, [
          begins.secretsmanager,
          begins.ssm,
        ]);
      case "lambda":
        return fault(name, "functionArn", channel.functionArn, [begins.lambda]);
      case "sns":
        return fault(name, "topicArn", channel.topicArn, [begins.sns]);
    }
  };
  return Object.entries(partner.notifications?.channels ?? {}).flatMap(([name, channel]) =>
    check(name, channel),
  );
}
