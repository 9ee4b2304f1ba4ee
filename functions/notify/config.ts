import { ENV } from "../../modules/contract";

/** What the function knows from its deployment. */
export interface NotifyConfig {
  readonly region: string;
  readonly ledgerBucket: string;
  readonly queueUrl: string;
  readonly alertsTopicArn: string;
}

/** Reads the configuration; tells every missing variable at once. */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): NotifyConfig {
  const names = {
    region: "AWS_REGION",
    ledgerBucket: ENV.ledgerBucket,
    queueUrl: ENV.announcementsQueueUrl,
    alertsTopicArn: ENV.alertsTopicArn,
  } as const;
  const missing = Object.values(names).filter((name) => (environment[name] ?? "") === "");
  if (missing.length > 0)
    throw new Error(
      `notify can not start: environment variables are missing: ${missing.join(", ")}`,
    );
  const value = (name: keyof typeof names): string => environment[names[name]] ?? "";
  return {
    region: value("region"),
    ledgerBucket: value("ledgerBucket"),
    queueUrl: value("queueUrl"),
    alertsTopicArn: value("alertsTopicArn"),
  };
}
