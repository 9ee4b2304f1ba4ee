import { ENV } from "../../modules/contract";
import { ConfigError } from "./errors";

/** What a function of the platform knows from its deployment. */
export interface PlatformConfig {
  readonly ledgerBucket: string;
  readonly announcementsQueueUrl: string;
  readonly environment: string;
  readonly region: string;
}

/** Reads the configuration, or throws one `ConfigError` that names every variable that is missing. */
export function readPlatformConfig(
  environment: Readonly<Record<string, string | undefined>>,
): PlatformConfig {
  const faults: string[] = [];
  const read = (name: string): string => {
    const value = environment[name] ?? "";
    if (value === "") faults.push(`environment variable ${name} is missing`);
    return value;
  };
  const config = {
    ledgerBucket: read(ENV.ledgerBucket),
    announcementsQueueUrl: read(ENV.announcementsQueueUrl),
    environment: read(ENV.environment),
    region: read("AWS_REGION"),
  };
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}
