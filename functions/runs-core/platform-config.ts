import { ENV } from "../../modules/contract";
import { ConfigError } from "./errors";

/** What a function of the platform knows from its deployment. */
export interface PlatformConfig {
  readonly ledgerBucket: string;
  readonly announcementsQueueUrl: string;
  readonly environment: string;
  /**
   * What commands end with that people are told; set on one machine alone.
   * @default - they name the environment
   */
  readonly commandOptions?: string | undefined;
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
    commandOptions: environment[ENV.commandOptions],
    region: read("AWS_REGION"),
  };
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}
