import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { Construct } from "constructs";
import type { Environment } from "../config";
import { type Naming, withLogicalId } from "../core";
import { policyJson } from "../iam";
import { createInterfaceEndpoints } from "./interface-endpoints";
import { createNatGateway } from "./nat-gateway";
import { objectsOfAccountPolicy } from "./s3-endpoint-policy";
import { subnetPlan } from "./subnet-plan";

/** Props of {@link CreatedNetwork}. */
export interface CreatedNetworkProps {
  readonly naming: Naming;
  readonly settings: Extract<Environment["network"], { kind: "create" }>;
}

/**
 * A VPC with private subnets only, the S3 gateway endpoint (without it every byte to S3 would be paid at the NAT
 * gateway), and one way out: a NAT gateway, or interface endpoints. Nothing in it has a public address but the gateway.
 */
export class CreatedNetwork extends Construct {
  readonly vpcId: string;
  readonly subnets: Readonly<Record<string, string>>;
  /** Creates the interface endpoints behind a security group, where they are the way out. */
  readonly endpoints: ((securityGroup: string) => void) | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CreatedNetworkProps,
  ) {
    super(scope, id);
    const { naming, settings } = props;
    const plan = subnetPlan(settings.cidr, settings.availabilityZones.length);
    const vpc = this.createVpc();
    this.vpcId = vpc.id;
    const routes = withLogicalId(
      new RouteTable(this, "Private", { vpcId: vpc.id, tags: this.named("private") }),
      "private",
    );
    this.subnets = Object.fromEntries(
      settings.availabilityZones.map((zone, index) => [
        zone,
        this.createSubnet(zone, plan.private[index] ?? "", routes),
      ]),
    );
    this.createS3Endpoint(routes);
    if (settings.egress === "nat")
      createNatGateway(this, {
        naming,
        vpcId: vpc.id,
        zone: settings.availabilityZones[0] ?? "",
        cidr: plan.public,
        privateRoutes: routes,
      });
    this.endpoints =
      settings.egress === "endpoints"
        ? (securityGroup): void => {
            createInterfaceEndpoints(this, {
              naming,
              vpcId: vpc.id,
              subnetIds: Object.values(this.subnets),
              securityGroup,
            });
          }
        : undefined;
  }

  private createVpc(): Vpc {
    const vpc = withLogicalId(
      new Vpc(this, "Vpc", {
        cidrBlock: this.props.settings.cidr,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: this.named("network"),
      }),
      "network",
    );
    // AWS makes it, with everything open among its members; emptied, nobody can use it by mistake.
    withLogicalId(
      new DefaultSecurityGroup(this, "Default", { vpcId: vpc.id, tags: this.named("unused") }),
      "unused",
    );
    return vpc;
  }

  private createSubnet(zone: string, cidrBlock: string, routes: RouteTable): string {
    const logicalId = zone.replace(/-/gu, "_");
    const subnet = withLogicalId(
      new Subnet(this, `Subnet-${zone}`, {
        vpcId: this.vpcId,
        availabilityZone: zone,
        cidrBlock,
        mapPublicIpOnLaunch: false,
        tags: { Name: `${this.props.naming.name("tag", "platform", "private")}-${zone}` },
      }),
      logicalId,
    );
    withLogicalId(
      new RouteTableAssociation(this, `Routes-${zone}`, {
        subnetId: subnet.id,
        routeTableId: routes.id,
      }),
      logicalId,
    );
    return subnet.id;
  }

  private createS3Endpoint(routes: RouteTable): void {
    const { naming } = this.props;
    withLogicalId(
      new VpcEndpoint(this, "S3", {
        vpcId: this.vpcId,
        serviceName: `com.amazonaws.${naming.scope.region}.s3`,
        vpcEndpointType: "Gateway",
        routeTableIds: [routes.id],
        policy: policyJson(objectsOfAccountPolicy(naming)),
        tags: this.named("s3"),
      }),
      "s3",
    );
  }

  private named(thing: string): Record<string, string> {
    return { Name: this.props.naming.name("tag", "platform", thing) };
  }
}
