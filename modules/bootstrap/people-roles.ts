import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { PeopleSettings } from "../config/access";
import { type Naming, withLogicalId } from "../core";
import { policyDocument, policyJson } from "../iam";
import { peopleGrants, peopleTrust, type PeopleRole } from "../iam/people";

const ROLES = [
  { role: "viewer", thing: "viewer", id: "viewer", description: "Sees jobs, logs and the ledger" },
  {
    role: "onCall",
    thing: "on-call",
    id: "on_call",
    description: "Re-runs, cancels and releases orders",
  },
] as const satisfies readonly {
  readonly role: PeopleRole;
  readonly thing: string;
  readonly id: string;
  readonly description: string;
}[];

/** Roles that people take on, for those that the environment names principals for. */
export class PeopleRoles extends Construct {
  constructor(scope: Construct, id: string, naming: Naming, settings: PeopleSettings) {
    super(scope, id);
    for (const { role, thing, id: logicalId, description } of ROLES) {
      const principals = settings[role]?.principals;
      if (principals === undefined) continue;
      const name = naming.name("role", "bootstrap", thing);
      const made = withLogicalId(
        new IamRole(this, role, {
          name,
          path: naming.path("bootstrap"),
          description,
          assumeRolePolicy: policyJson(peopleTrust(naming.partition, principals)),
          maxSessionDuration: 3600,
          ...(settings.boundaryArn === undefined
            ? {}
            : { permissionsBoundary: settings.boundaryArn }),
        }),
        logicalId,
      );
      withLogicalId(
        new IamRolePolicy(this, `${role}-grants`, {
          name: "grants",
          role: name,
          policy: policyJson(
            policyDocument(peopleGrants(naming, role, settings.onCall?.releaseTo)),
          ),
          dependsOn: [made],
        }),
        logicalId,
      );
    }
  }
}
