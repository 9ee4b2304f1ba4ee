import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";

/** Props of {@link SecurityGroups}. */
export interface SecurityGroupsProps {
  readonly naming: Naming;
  readonly vpcId: string;
}

const NFS_PORT = 2049;
const HTTPS_PORT = 443;

/**
 * Firewalls: jobs may reach out and are reached by nobody; the file system is reached by jobs over NFS and reaches
 * nobody. Creates `aws_security_group`s with each rule a resource of its own.
 */
export class SecurityGroups extends Construct {
  readonly jobs: SecurityGroup;
  readonly fileSystem: SecurityGroup;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SecurityGroupsProps,
  ) {
    super(scope, id);
    this.jobs = this.group("jobs", "hosts and tasks of partner jobs; nothing may connect to them");
    this.fileSystem = this.group("file-system", "staging file system; only jobs may connect");
    withLogicalId(
      new VpcSecurityGroupEgressRule(this, "JobsOut", {
        securityGroupId: this.jobs.id,
        description: "AWS, and the partners' servers wherever they are",
        ipProtocol: "-1",
        cidrIpv4: "0.0.0.0/0",
      }),
      "jobs_out",
    );
    withLogicalId(
      new VpcSecurityGroupIngressRule(this, "FileSystemIn", {
        securityGroupId: this.fileSystem.id,
        description: "NFS from jobs",
        ipProtocol: "tcp",
        fromPort: NFS_PORT,
        toPort: NFS_PORT,
        referencedSecurityGroupId: this.jobs.id,
      }),
      "file_system_in",
    );
  }

  /** The group of interface endpoints, made where there are such: jobs may connect by HTTPS. */
  endpoints(): string {
    const group = this.group("endpoints", "interface endpoints; only jobs may connect");
    withLogicalId(
      new VpcSecurityGroupIngressRule(this, "EndpointsIn", {
        securityGroupId: group.id,
        description: "HTTPS from jobs",
        ipProtocol: "tcp",
        fromPort: HTTPS_PORT,
        toPort: HTTPS_PORT,
        referencedSecurityGroupId: this.jobs.id,
      }),
      "endpoints_in",
    );
    return group.id;
  }

  private group(thing: "jobs" | "file-system" | "endpoints", description: string): SecurityGroup {
    const { naming, vpcId } = this.props;
    const name = naming.name("securityGroup", "platform", thing);
    return withLogicalId(
      new SecurityGroup(this, thing, { name, description, vpcId, tags: { Name: name } }),
      thing.replace("-", "_"),
    );
  }
}
