import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { Environment } from "../config";
import { type Naming, withLogicalId } from "../core";
import { type PolicyDocument, policyDocument, policyJson } from "../iam";
import {
  breakGlassTrust,
  keepAlert,
  peopleGrants,
  type PeopleRole,
  peopleTrust,
  type Places,
} from "../iam/people";
import { type Bounded, deployersBoundary, peoplesBoundary } from "./access-boundaries";
import { attachPolicies, type DeployPolicies } from "./deploy-policies";
import { checkPeopleRole } from "./people-faults";

interface RoleOfPeople {
  readonly role: PeopleRole;
  readonly thing: string;
  readonly id: string;
  readonly description: string;
}

const VIEWER: RoleOfPeople = {
  role: "viewer",
  thing: "viewer",
  id: "viewer",
  description: "Sees jobs, logs and the ledger",
};
const ON_CALL: RoleOfPeople = {
  role: "onCall",
  thing: "on-call",
  id: "on_call",
  description: "Re-runs, cancels and releases orders",
};
const BREAK_GLASS: RoleOfPeople = {
  role: "breakGlass",
  thing: "break-glass",
  id: "break_glass",
  description: "For when nothing else helps; the alerts topic is told of every use",
};

/** Roles that people take on, for those that the environment names principals for. */
export class PeopleRoles extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly naming: Naming,
    environment: Environment,
    deploy: DeployPolicies,
  ) {
    super(scope, id);
    const { viewer, onCall, breakGlass } = environment.people;
    if (viewer !== undefined || onCall !== undefined) {
      const boundary = peoplesBoundary(this, naming, environment);
      for (const [one, settings] of [
        [VIEWER, viewer],
        [ON_CALL, onCall],
      ] as const)
        if (settings !== undefined)
          this.role(one, peopleTrust(naming.partition, settings.principals), boundary, onCall);
    }
    if (breakGlass === undefined) return;
    const trust = breakGlassTrust(environment.region, breakGlass.principals);
    const made = this.role(BREAK_GLASS, trust, deployersBoundary(scope, naming, environment));
    attachPolicies(this, made, BREAK_GLASS.id, deploy.of("apply"));
  }

  private role(
    { role, thing, id, description }: RoleOfPeople,
    trust: PolicyDocument,
    boundary: Bounded,
    onCall?: Places,
  ): IamRole {
    const { naming } = this;
    checkPeopleRole(
      `environments/${naming.scope.environment}.people.${role}`,
      naming.name("role", "bootstrap", thing),
      { grants: peopleGrants(naming, role, onCall), trust },
    );
    const made = withLogicalId(
      new IamRole(this, role, {
        name: naming.name("role", "bootstrap", thing),
        path: naming.path("bootstrap"),
        description,
        assumeRolePolicy: policyJson(trust),
        // The shortest that AWS takes as the longest.
        maxSessionDuration: 3600,
        permissionsBoundary: boundary.arn,
        ...(boundary.made === undefined ? {} : { dependsOn: [boundary.made] }),
      }),
      id,
    );
    withLogicalId(
      new IamRolePolicy(this, `${role}-grants`, {
        name: "grants",
        role: naming.name("role", "bootstrap", thing),
        policy: policyJson(this.policy(role, onCall)),
        dependsOn: [made],
      }),
      id,
    );
    return made;
  }

  private policy(role: PeopleRole, places: Places | undefined): PolicyDocument {
    const document = policyDocument(peopleGrants(this.naming, role, places));
    if (role !== "breakGlass") return document;
    return { ...document, Statement: [...document.Statement, keepAlert(this.naming)] };
  }
}
