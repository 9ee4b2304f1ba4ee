import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamServiceLinkedRole } from "@cdktf/provider-aws/lib/iam-service-linked-role";
import type { Construct } from "constructs";
import type { Environment, ExtraGrants } from "../config";
import { withLogicalId } from "../core";
import { policyJson } from "../iam";
import { EncryptionKey } from "../kms";
import { Bucket } from "../s3";
import { IngestStack } from "../stack";
import { CiRoles } from "./ci-roles";
import { DeployPolicies } from "./deploy-policies";
import { PeopleRoles } from "./people-roles";
import { workloadBoundary } from "./workload-boundary";

/**
 * Services whose service-linked role the platform needs. One per account: leave out of the environment what is there.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
 */
const SERVICE_LINKED_ROLES = {
  batch: "batch.amazonaws.com",
  spot: "spot.amazonaws.com",
  autoscaling: "autoscaling.amazonaws.com",
} as const;

/**
 * What an administrator applies once for an environment: where state is kept, the boundary of every role, and
 * service-linked roles. Platform and partners' stacks only refer to it.
 */
export class BootstrapStack extends IngestStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, { environment, kind: "bootstrap", owner: "bootstrap" });
    if (environment.backend.kind === "s3" && environment.backend.bucket === undefined)
      this.createState();
    if (environment.boundary.kind === "create") this.createBoundary(environment.boundary.allow);
    for (const service of environment.serviceLinkedRoles)
      withLogicalId(
        new IamServiceLinkedRole(this, `ServiceLinkedRole-${service}`, {
          awsServiceName: SERVICE_LINKED_ROLES[service],
        }),
        service,
      );
    const deploy = new DeployPolicies(this, "Deploy", this.naming, environment);
    new PeopleRoles(this, "People", this.naming, environment, deploy);
    new CiRoles(this, "Ci", this.naming, environment, deploy);
  }

  private createState(): void {
    const { naming } = this;
    const { disposable } = this.environment;
    const key = new EncryptionKey(this, "StateKey", {
      naming,
      owner: "bootstrap",
      thing: "state",
      logicalId: "state",
      disposable,
      description: "Terraform state",
    });
    new Bucket(this, "State", {
      naming,
      owner: "bootstrap",
      thing: "state",
      kmsKeyArn: key.arn,
      disposable,
      logicalId: "state",
    });
  }

  private createBoundary(allow: ExtraGrants): void {
    const { naming, environment } = this;
    const policy = policyJson(workloadBoundary(naming, environment.id, allow));
    withLogicalId(
      new IamPolicy(this, "Boundary", {
        name: naming.name("policy", "bootstrap", "boundary"),
        path: naming.path("bootstrap"),
        description: "The most that a role of this environment can ever do",
        policy,
      }),
      "boundary",
    );
  }
}
