import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { type Naming, snakeCase, withLogicalId } from "../core";
import { hostUserData } from "./user-data";

/** Props of {@link HostTemplate}. */
export interface HostTemplateProps {
  readonly naming: Naming;
  readonly pool: string;
  readonly scratchGib: number;
  readonly kmsKeyArn: string;
  /** Tags of instances and volumes: the provider's default tags do not reach them. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Launch template of a pool's hosts: session-oriented metadata with one hop, which containers can not reach, an
 * encrypted disk as scratch, and user data that closes the metadata service before the first task.
 * Creates `aws_launch_template`.
 */
export class HostTemplate extends Construct {
  readonly template: LaunchTemplate;
  /**
   * The version as a text: Batch takes a snapshot of `$Latest` when a compute environment is made, and never looks again.
   */
  readonly version: string;

  constructor(scope: Construct, id: string, props: HostTemplateProps) {
    super(scope, id);
    const name = props.naming.name("launchTemplate", "platform", `pool-${props.pool}`);
    const tags = { ...props.tags, Name: name };
    this.template = withLogicalId(
      new LaunchTemplate(this, "Template", {
        name,
        updateDefaultVersion: true,
        userData: hostUserData(),
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
          instanceMetadataTags: "disabled",
        },
        monitoring: { enabled: false },
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: {
              volumeSize: props.scratchGib,
              volumeType: "gp3",
              encrypted: "true",
              kmsKeyId: props.kmsKeyArn,
              deleteOnTermination: "true",
            },
          },
        ],
        tagSpecifications: [
          { resourceType: "instance", tags },
          { resourceType: "volume", tags },
        ],
      }),
      snakeCase(props.pool),
    );
    this.version = Token.asString(this.template.latestVersion);
  }
}
