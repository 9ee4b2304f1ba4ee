import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import type { Construct } from "constructs";
import { type Naming, withLogicalId } from "../core";

/** Settings of {@link createNatGateway}. */
export interface NatGatewaySettings {
  readonly naming: Naming;
  readonly vpcId: string;
  readonly zone: string;
  /** Range of the gateway's own subnet. */
  readonly cidr: string;
  readonly privateRoutes: RouteTable;
}

/**
 * One NAT gateway in a public subnet in which nothing else is. One, not one per zone: when its zone fails, runs wait and
 * go on later, which an ingest can; a gateway per zone costs as much again each.
 */
export function createNatGateway(scope: Construct, settings: NatGatewaySettings): void {
  const { naming, vpcId } = settings;
  const tags = { Name: naming.name("tag", "platform", "egress") };
  const internet = withLogicalId(new InternetGateway(scope, "Internet", { vpcId, tags }), "egress");
  const subnet = withLogicalId(
    new Subnet(scope, "Egress", {
      vpcId,
      availabilityZone: settings.zone,
      cidrBlock: settings.cidr,
      mapPublicIpOnLaunch: false,
      tags,
    }),
    "egress",
  );
  const routes = withLogicalId(new RouteTable(scope, "EgressRoutes", { vpcId, tags }), "egress");
  withLogicalId(
    new RouteTableAssociation(scope, "EgressAssociation", {
      subnetId: subnet.id,
      routeTableId: routes.id,
    }),
    "egress",
  );
  withLogicalId(
    new Route(scope, "ToInternet", {
      routeTableId: routes.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: internet.id,
    }),
    "egress",
  );
  const address = withLogicalId(new Eip(scope, "Address", { domain: "vpc", tags }), "egress");
  const nat = withLogicalId(
    new NatGateway(scope, "Nat", {
      subnetId: subnet.id,
      allocationId: address.id,
      tags,
      // A gateway without a way out fails at creation.
      dependsOn: [internet],
    }),
    "egress",
  );
  withLogicalId(
    new Route(scope, "ToNat", {
      routeTableId: settings.privateRoutes.id,
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: nat.id,
    }),
    "private",
  );
}
