import type { PartnerSpec } from "../../../contract";

/** The secrets of a partner's channels. */
export function channelSecrets(spec: PartnerSpec): readonly string[] {
  return Object.values(spec.notifications?.channels ?? {}).flatMap((channel) =>
    channel.kind === "slack"
      ? [channel.webhookSecretArn]
      : channel.kind === "http"
        ? [channel.hmacSecretArn]
        : [],
  );
}
