import type { PolicyDocument, Statement } from "../policy-document";

/**
 * Trust in people: users of accounts only with MFA; roles as they are, since a session of a role does not tell about MFA.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
 */
export function peopleTrust(partition: string, principals: readonly string[]): PolicyDocument {
  const accounts = principals.filter((one) => /^\d{12}$/u.test(one));
  const roles = principals.filter((one) => !accounts.includes(one));
  const statement = (Sid: string, AWS: readonly string[], more: Partial<Statement>): Statement[] =>
    AWS.length === 0
      ? []
      : [{ Sid, Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole", ...more }];
  return {
    Version: "2012-10-17",
    Statement: [
      ...statement(
        "AccountsWithMfa",
        accounts.map((account) => `arn:${partition}:iam::${account}:root`),
        { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } },
      ),
      ...statement("Roles", roles, {}),
    ],
  };
}

/** Seconds since the sign-in with MFA after which the glass can not be broken: MFA is asked for at that moment. */
export const BREAK_GLASS_MFA_SECONDS = 900;

/**
 * Trust in named users who signed in with MFA just now, through the region's own STS: so CloudTrail has the event of it in that
 * region, where an alarm can wait for it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function breakGlassTrust(region: string, users: readonly string[]): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "UsersWithFreshMfa",
        Effect: "Allow",
        Principal: { AWS: users },
        Action: "sts:AssumeRole",
        Condition: {
          Bool: { "aws:MultiFactorAuthPresent": "true" },
          NumericLessThan: { "aws:MultiFactorAuthAge": String(BREAK_GLASS_MFA_SECONDS) },
          StringEquals: { "aws:RequestedRegion": region },
        },
      },
    ],
  };
}

/** Who in CI may take a role on: one subject of an identity provider. */
export interface OidcSubject {
  readonly providerArn: string;
  /** Host and path of the provider, which begin its condition keys. */
  readonly host: string;
  readonly audience: string;
  readonly subject: string;
}

/**
 * Trust in one subject of an identity provider, with the audience, and never by a pattern.
 * @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 * @see https://docs.gitlab.com/ci/cloud_services/aws/
 */
export function oidcTrust({ providerArn, host, audience, subject }: OidcSubject): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Ci",
        Effect: "Allow",
        Principal: { Federated: providerArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${host}:aud`]: audience, [`${host}:sub`]: subject } },
      },
    ],
  };
}
