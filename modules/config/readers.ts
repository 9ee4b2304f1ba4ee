import { z } from "zod";

/** Longest and allowed external ids. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/u;

const WHO =
  'must be the ARN of one role or user, arn:aws:iam::<account>:role/..., or { account: "<12 digits>", reason: "<why nobody can be named>" }; a wildcard would let others in';

const principal = z.union([
  z.string().regex(/^arn:[a-z-]+:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]+$/u, { error: WHO }),
  z.strictObject({
    /** 12 digits: whoever the account lets, by policies of its own. */
    account: z.string().regex(/^\d{12}$/u, { error: "must be the 12 digits of an account" }),
    /** Why no single role or user can be named. */
    reason: z.string().min(10),
  }),
]);

const reader = z.strictObject({
  /**
   * Who may take the reader's role on, of any account: roles and users by ARN; or a whole account, with the reason. AWS takes
   * the ARN of a role only while it exists: one that is made anew must be applied anew.
   */
  principals: z.array(principal).min(1),
  /** Bucket of the partner that is read. @default "processed" */
  from: z.enum(["landing", "processed"]).default("processed"),
  /**
   * What is read: each a folder that ends in `/`, or the key of one file, such as a stable key. Nothing of `quarantine/`.
   * @default - everything that the partner's steps deliver to the bucket
   */
  prefixes: z.array(z.string()).min(1).optional(),
  /** What they read it for, for whoever reviews it; continues "so that they can": "read the feed of the day". */
  reason: z.string().min(10),
  /**
   * What whoever takes the role on must say, for readers who work for many others. It is no secret.
   * @default - nothing is asked for
   */
  externalId: z
    .string()
    .regex(EXTERNAL_ID, {
      error: "must be 2 to 1224 letters, digits and _+=,.@:/-, as AWS takes it",
    })
    .optional(),
});

/** Who reads what the partner's steps delivered, by name. */
export const readersSchema = z.record(z.string(), reader);

/** One reader of a partner, with every default filled in. */
export type Reader = z.output<typeof reader>;

/** ARNs that a reader's role trusts: an account's is that of its root, which stands for whoever the account lets. */
export function readerArns({ principals }: Reader, partition: string): string[] {
  return principals
    .map((one) => (typeof one === "string" ? one : `arn:${partition}:iam::${one.account}:root`))
    .sort();
}
