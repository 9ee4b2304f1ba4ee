import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { LocalBackend, S3Backend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Environment } from "../config";
import { Naming } from "../core";

/** What a stack is for. */
export type StackKind = "bootstrap" | "platform" | "partner";

/** Props of {@link IngestStack}. */
export interface IngestStackProps {
  readonly environment: Environment;
  readonly kind: StackKind;
  /** `bootstrap`, `platform` or the partner's id. */
  readonly owner: string;
}

/** AWS provider version for each setting of `awsProvider`. */
export const AWS_PROVIDER_VERSIONS = { "5.100": "5.100.0", "6": ">= 6.10.0, < 7.0.0" } as const;

/** The name of a stack, also the name of its directory and state: `<environment>--<owner>`. */
export const stackName = (environment: string, owner: string): string => `${environment}--${owner}`;

/**
 * A stack of one owner in one environment: provider with the account check and tags, and where the state is.
 * Nothing in it depends on the working directory.
 */
export class IngestStack extends TerraformStack {
  readonly naming: Naming;
  readonly environment: Environment;

  constructor(
    scope: Construct,
    readonly props: IngestStackProps,
  ) {
    super(scope, stackName(props.environment.id, props.owner));
    this.environment = props.environment;
    this.naming = namingOf(props.environment);
    this.addProvider();
    this.addBackend();
    this.addOverride("terraform.required_version", ">= 1.10.0");
    this.addOverride("terraform.required_providers.aws", {
      source: "hashicorp/aws",
      version: AWS_PROVIDER_VERSIONS[props.environment.awsProvider],
    });
  }

  private addProvider(): void {
    const { environment, owner } = this.props;
    new AwsProvider(this, "Aws", {
      region: environment.region,
      // Refuses to touch any other account, whatever credentials are around.
      allowedAccountIds: [environment.account],
      defaultTags: [{ tags: stackTags(environment, owner) }],
    });
  }

  private addBackend(): void {
    const { environment, kind, owner } = this.props;
    // The state bucket does not exist before the bootstrap stack; its own state stays with the administrator.
    if (environment.backend.kind === "local" || kind === "bootstrap") {
      new LocalBackend(this, { path: "terraform.tfstate" });
      return;
    }
    new S3Backend(this, {
      bucket: environment.backend.bucket ?? this.naming.bucket("bootstrap", "state"),
      key: `${stackName(environment.id, owner)}.tfstate`,
      region: environment.region,
      encrypt: true,
      allowedAccountIds: [environment.account],
    });
    // cdktf 0.21 has no prop for it; Terraform locks with a conditional write, no table is needed.
    this.addOverride("terraform.backend.s3.use_lockfile", true);
  }
}

/** The naming of an environment. */
export function namingOf(environment: Environment): Naming {
  return new Naming({
    prefix: environment.prefix,
    environment: environment.id,
    account: environment.account,
    region: environment.region,
  });
}

/** Tags of everything in a stack: the organisation's own, and who it belongs to. */
export function stackTags(environment: Environment, owner: string): Record<string, string> {
  return {
    ...environment.tags,
    "partner-ingest:environment": environment.id,
    "partner-ingest:owner": owner,
  };
}
