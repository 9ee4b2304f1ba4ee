import type { EnvironmentInput } from "../../../modules/config";
import { createNetwork } from "../../../modules/network";
import { testEnvironment } from "../../support/environment";
import { naming, templateOf } from "../../support/platform-scope";
import type { Template } from "../../support/template";

const zones = ["eu-central-1a", "eu-central-1b"];
const of = (network: EnvironmentInput["network"]): Template =>
  templateOf((scope) => createNetwork(scope, testEnvironment({ network }), naming));

const nat = of({ kind: "create", availabilityZones: zones, egress: "nat" });
const endpoints = of({ kind: "create", availabilityZones: zones, egress: "endpoints" });
const existing = of({ kind: "existing", vpcId: "vpc-12345678", subnetIds: ["subnet-12345678"] });

describe("a network with a NAT gateway", () => {
  test("jobs' subnets reach the internet through the gateway, which alone stands in a public subnet", () => {
    expect(nat.values("aws_route", "private")).toEqual({
      route_table_id: "${aws_route_table.private.id}",
      destination_cidr_block: "0.0.0.0/0",
      nat_gateway_id: "${aws_nat_gateway.egress.id}",
    });
    expect(nat.values("aws_route", "egress")).toEqual({
      route_table_id: "${aws_route_table.egress.id}",
      destination_cidr_block: "0.0.0.0/0",
      gateway_id: "${aws_internet_gateway.egress.id}",
    });
    const associations = Object.entries(nat.resources("aws_route_table_association"));
    expect(associations.map(([id, { route_table_id: table }]) => [id, table]).sort()).toEqual([
      ["egress", "${aws_route_table.egress.id}"],
      ["eu_central_1a", "${aws_route_table.private.id}"],
      ["eu_central_1b", "${aws_route_table.private.id}"],
    ]);
    expect(nat.only("aws_nat_gateway")["depends_on"]).toEqual(["aws_internet_gateway.egress"]);
  });

  test("the default range", () => {
    expect(nat.only("aws_vpc")).toMatchObject({
      cidr_block: "10.20.0.0/16",
      enable_dns_hostnames: true,
      enable_dns_support: true,
    });
  });
});

describe("a network with interface endpoints", () => {
  test("has no way to the internet", () => {
    expect(endpoints.resources("aws_route")).toEqual({});
    expect(endpoints.resources("aws_internet_gateway")).toEqual({});
  });

  test("each is in every subnet, under the service's own name, behind a group that jobs reach by HTTPS", () => {
    expect(endpoints.values("aws_vpc_endpoint", "ecr_dkr")).toEqual({
      vpc_id: "${aws_vpc.network.id}",
      service_name: "com.amazonaws.eu-central-1.ecr.dkr",
      vpc_endpoint_type: "Interface",
      private_dns_enabled: true,
      subnet_ids: ["${aws_subnet.eu_central_1a.id}", "${aws_subnet.eu_central_1b.id}"],
      security_group_ids: ["${aws_security_group.endpoints.id}"],
      tags: { Name: "acme--test--platform--ecr-dkr" },
    });
    expect(endpoints.values("aws_vpc_security_group_ingress_rule", "endpoints_in")).toMatchObject({
      security_group_id: "${aws_security_group.endpoints.id}",
      referenced_security_group_id: "${aws_security_group.jobs.id}",
      from_port: 443,
      to_port: 443,
      ip_protocol: "tcp",
    });
  });
});

describe("S3", () => {
  test("is reached through the gateway endpoint, which costs nothing", () => {
    expect(nat.values("aws_vpc_endpoint", "s3")).toMatchObject({
      service_name: "com.amazonaws.eu-central-1.s3",
      vpc_endpoint_type: "Gateway",
      route_table_ids: ["${aws_route_table.private.id}"],
    });
  });

  test("of other accounts' buckets only objects are read, and by no other account's roles is one of ours", () => {
    expect(nat.policy("aws_vpc_endpoint", "s3").Statement).toEqual([
      {
        Sid: "OwnBuckets",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:*",
        Resource: "*",
        Condition: {
          StringEquals: {
            "aws:PrincipalAccount": "111122223333",
            "aws:ResourceAccount": "111122223333",
          },
        },
      },
      {
        Sid: "ReadElsewhere",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: "*",
      },
    ]);
  });
});

describe("firewalls", () => {
  test("nothing connects to jobs; jobs alone connect to the file system", () => {
    for (const template of [nat, endpoints, existing]) {
      const ingress = Object.values(template.resources("aws_vpc_security_group_ingress_rule"));
      expect(ingress.map(({ security_group_id: group }) => group)).not.toContain(
        "${aws_security_group.jobs.id}",
      );
      expect(template.values("aws_vpc_security_group_ingress_rule", "file_system_in")).toEqual({
        security_group_id: "${aws_security_group.file_system.id}",
        referenced_security_group_id: "${aws_security_group.jobs.id}",
        description: "NFS from jobs",
        ip_protocol: "tcp",
        from_port: 2049,
        to_port: 2049,
      });
    }
  });

  test("rules are resources of their own: a group's inline rules would remove them", () => {
    for (const group of Object.values(nat.resources("aws_security_group"))) {
      expect(group).not.toHaveProperty("ingress");
      expect(group).not.toHaveProperty("egress");
    }
  });

  test("the groups are ours in an existing network too", () => {
    expect(existing.addresses()).toEqual([
      "aws_security_group.file_system",
      "aws_security_group.jobs",
      "aws_vpc_security_group_egress_rule.jobs_out",
      "aws_vpc_security_group_ingress_rule.file_system_in",
    ]);
    expect(existing.resource("aws_security_group", "jobs")["vpc_id"]).toBe("vpc-12345678");
  });
});
