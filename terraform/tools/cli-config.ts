import { AWS_PROVIDER } from "./find-provider-mirror";

/** Where a run of Terraform takes providers from. */
export interface ProviderSource {
  /** A file system mirror with the AWS provider; without one Terraform asks its registry. */
  readonly mirror: string | undefined;
  /** Directory in which Terraform keeps what it downloaded. */
  readonly cache: string;
}

/**
 * Content of an own Terraform CLI configuration. Each run gets one: what the user's file says about mirrors, or that
 * `TF_CLI_CONFIG_FILE` names a file that is not there, must not decide which provider a plan was made with.
 */
export function cliConfig(source: ProviderSource): string {
  const { mirror, cache } = source;
  if (mirror === undefined)
    return [
      `plugin_cache_dir = ${JSON.stringify(cache)}`,
      // The version is pinned exactly; without this each stack downloads the provider again for want of a lock file.
      "plugin_cache_may_break_dependency_lock_file = true",
      "disable_checkpoint = true",
      "",
    ].join("\n");
  return [
    "disable_checkpoint = true",
    "provider_installation {",
    "  filesystem_mirror {",
    `    path    = ${JSON.stringify(mirror)}`,
    `    include = [${JSON.stringify(AWS_PROVIDER)}]`,
    "  }",
    "  direct {",
    `    exclude = [${JSON.stringify(AWS_PROVIDER)}]`,
    "  }",
    "}",
    "",
  ].join("\n");
}
