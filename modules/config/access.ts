import { z } from "zod";

const principal = z.string().regex(/^(?:\d{12}|arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+)$/u, {
  error:
    "must be an account (12 digits) or the ARN of one role, arn:aws:iam::<account>:role/...; a wildcard would let others in",
});

const people = z.strictObject({
  /**
   * Who may take the role on: accounts (12 digits: their users who came with MFA), or roles by ARN, such as those of
   * IAM Identity Center, where MFA is asked for at sign-in and can not be asked for again.
   */
  principals: z.array(principal).min(1),
});

/** Roles of people; the bootstrap stack makes those that are named. */
export const peopleSchema = z.strictObject({
  /** Sees jobs, logs, queues and the ledger; no content of files. */
  viewer: people.optional(),
  /** Re-runs, cancels, releases from quarantine; changes no infrastructure. */
  onCall: people
    .extend({
      /** Where quarantined deliveries are released to, `<bucket>/<prefix>` each. @default [] nobody releases by this role */
      releaseTo: z
        .array(
          z.string().regex(/^[a-z0-9.-]{3,63}\/[^*?$]*$/u, {
            error: "must be <bucket>/<prefix> without wildcards, e.g. acme-in/files/",
          }),
        )
        .default([]),
      /**
       * Existing buckets that orders come into, `<bucket>/<prefix>` each: a backfill lists the versions of what is there.
       * Buckets that we make need no entry. @default [] a backfill looks at no existing bucket
       */
      backfillFrom: z
        .array(
          z.string().regex(/^[a-z0-9.-]{3,63}\/[^*?$]*$/u, {
            error: "must be <bucket>/<prefix> without wildcards, e.g. acme-drop/orders/",
          }),
        )
        .default([]),
    })
    .optional(),
  /**
   * For when nothing else helps: what CI may apply, what who is on call may do but for releasing, and to read all files. A
   * rule of the platform tells the alerts topic of each use, where the account has a trail of CloudTrail.
   */
  breakGlass: z
    .strictObject({
      /** Users by ARN, who must have shown MFA within 15 minutes. A role's session does not tell of MFA, so no roles. */
      principals: z
        .array(
          z.string().regex(/^arn:[a-z-]+:iam::\d{12}:user\/[\w+=,.@/-]+$/u, {
            error:
              "must be the ARN of one user, arn:aws:iam::<account>:user/...: MFA is asked for, which the session of a role does not tell of",
          }),
        )
        .min(1),
    })
    .optional(),
  /** Permissions boundary of the viewer's and the on-call role. @default - one that allows what who is on call needs */
  boundaryArn: z
    .string()
    .regex(/^arn:[a-z-]+:iam::\d{12}:policy\/.+$/u, {
      error: "must be the ARN of a managed policy",
    })
    .optional(),
});

const plainName = (what: string) =>
  z.string().regex(/^[\w./-]+$/u, {
    error: `must be the name of one ${what}, without wildcards: a wildcard would let others in`,
  });

const from = z.union(
  [
    z.strictObject({ branch: plainName("branch") }),
    z.strictObject({ environment: plainName("environment") }),
  ],
  { error: 'must be { branch: "<name>" } or { environment: "<name>" }, without wildcards' },
);

const provider = z.enum(["create", "existing"]).default("create");

/** Roles of CI, taken on by OpenID Connect; the bootstrap stack makes them. */
export const ciSchema = z.strictObject({
  /** Permissions boundary of these roles, and of the one that breaks the glass. @default - one that keeps to the environment */
  boundaryArn: z
    .string()
    .regex(/^arn:[a-z-]+:iam::\d{12}:policy\/.+$/u, {
      error: "must be the ARN of a managed policy",
    })
    .optional(),
  github: z
    .strictObject({
      /** `owner/name`. */
      repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/u, {
        error:
          "must be owner/name of one repository, without wildcards: a wildcard would let others in",
      }),
      /** Where plans run. Who can push there can read the state of the environment's resources. */
      plan: from,
      /** Where changes are applied. Who can push there decides what is applied: protect it. */
      apply: from,
      /** The identity provider: one per account, so `existing` where the account has it. @default "create" */
      provider,
    })
    .optional(),
  gitlab: z
    .strictObject({
      /** Host without `https://`. @default "gitlab.com" */
      host: z
        .string()
        .regex(/^[a-z0-9.-]+$/u, { error: "must be a host name, e.g. gitlab.com" })
        .default("gitlab.com"),
      /** `group/project`, with all groups. */
      project: z.string().regex(/^[\w.-]+(\/[\w.-]+)+$/u, {
        error: "must be the path of one project, without wildcards: a wildcard would let others in",
      }),
      plan: z.strictObject({ branch: plainName("branch") }),
      apply: z.strictObject({ branch: plainName("branch") }),
      /** @default "create" */
      provider,
    })
    .optional(),
});

/** Roles of people with every default filled in. */
export type PeopleSettings = z.output<typeof peopleSchema>;

/** Roles of CI with every default filled in. */
export type CiSettings = z.output<typeof ciSchema>;
