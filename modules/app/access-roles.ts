import type { Environment } from "../config";
import { BREAK_GLASS_MFA_SECONDS } from "../iam/people";
import {
  type Ability,
  type AccessRole,
  deployPolicies,
  deployRequests,
  type Trusted,
} from "../iam/proof";
import { namingOf } from "../stack";

/**
 * The roles of people and of CI that the settings ask for, spelled out from the settings alone: what the proof finds in the
 * Terraform is compared with it.
 */
export function accessRoles(environment: Environment): readonly AccessRole[] {
  const naming = namingOf(environment);
  const { people, ci } = environment;
  const role = (thing: string, ability: Ability, trusted: Trusted): AccessRole => ({
    arn: naming.roleArn("bootstrap", thing),
    name: naming.name("role", "bootstrap", thing),
    ability,
    trusted,
    requests: deployRequests(environment, ability),
  });
  const ofCi = (provider: string, ability: "plan" | "apply", trusted: Trusted): AccessRole => ({
    ...role(`${provider}-${ability}`, ability, trusted),
    policies: deployPolicies(environment, ability),
  });
  const { viewer, onCall, breakGlass } = people;
  return [
    ...(viewer === undefined
      ? []
      : [role("viewer", "viewer", { kind: "people", principals: viewer.principals })]),
    ...(onCall === undefined
      ? []
      : [
          {
            ...role("on-call", "onCall", { kind: "people", principals: onCall.principals }),
            places: onCall,
          },
        ]),
    ...(breakGlass === undefined
      ? []
      : [
          role("break-glass", "breakGlass", {
            kind: "users",
            users: breakGlass.principals,
            withinSeconds: BREAK_GLASS_MFA_SECONDS,
          }),
        ]),
    ...(["plan", "apply"] as const).flatMap((ability) => [
      ...github(ci.github, ability).map((trusted) => ofCi("github", ability, trusted)),
      ...gitlab(ci.gitlab, ability).map((trusted) => ofCi("gitlab", ability, trusted)),
    ]),
  ];
}

type Ci = Environment["ci"];

/** @see https://docs.github.com/en/actions/reference/security/oidc */
function github(settings: Ci["github"], ability: "plan" | "apply"): Trusted[] {
  if (settings === undefined) return [];
  const from = settings[ability];
  const place =
    "branch" in from ? `ref:refs/heads/${from.branch}` : `environment:${from.environment}`;
  return [
    {
      kind: "ci",
      provider: "github",
      host: "token.actions.githubusercontent.com",
      audience: "sts.amazonaws.com",
      subject: `repo:${settings.repository}:${place}`,
    },
  ];
}

/** @see https://docs.gitlab.com/ci/secrets/id_token_authentication/ */
function gitlab(settings: Ci["gitlab"], ability: "plan" | "apply"): Trusted[] {
  if (settings === undefined) return [];
  const { host, project } = settings;
  return [
    {
      kind: "ci",
      provider: "gitlab",
      host,
      audience: `https://${host}`,
      subject: `project_path:${project}:ref_type:branch:ref:${settings[ability].branch}`,
    },
  ];
}
