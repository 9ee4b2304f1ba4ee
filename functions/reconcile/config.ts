import { readPlatformConfig, type PlatformConfig } from "../runs-core/platform-config";

/** Reads the configuration from the function's environment. */
export const loadConfig = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): PlatformConfig => readPlatformConfig(environment);
