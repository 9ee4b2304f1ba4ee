import { z } from "zod";
import type { IamAction } from "../iam/catalog/actions";

/** Checked against the catalog at synthesis, with the nearest names; its type lets editors complete it. */
const action = z.string().min(1) as unknown as z.ZodType<IamAction, IamAction>;

const condition = z.strictObject({
  op: z.enum([
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIfExists",
    "StringNotEqualsIfExists",
    "ArnEquals",
    "ArnLike",
    "ArnNotLike",
    "ArnLikeIfExists",
    "Bool",
    "BoolIfExists",
    "Null",
    "NumericLessThan",
    "NumericLessThanEquals",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringEquals",
  ]),
  /** Condition key, one that requests of all the actions have. */
  key: z.string().min(1),
  values: z.array(z.string()).min(1),
});

const extraGrant = z.strictObject({
  /** Exact actions; no wildcards. */
  actions: z.array(action).min(1),
  /**
   * ARNs. `{partition}`, `{account}`, `{region}` and `{environment}` stand for those of the environment. Actions that take no
   * resource have `{ any: true, reason: "no-resource-types" }`.
   */
  resources: z.union([
    z.array(z.string()).min(1),
    z.strictObject({ any: z.literal(true), reason: z.enum(["no-resource-types", "id-not-known"]) }),
  ]),
  /** @default [] */
  conditions: z.array(condition).default([]),
  /** What it is for, for whoever reviews it; continues "so that it can": "look up today's rates". */
  reason: z.string().min(10),
});

/** Permissions by name, beside those that follow from other settings. */
export const extraGrantsSchema = z.record(z.string(), extraGrant);

/** Permissions of a file of the user, by name. */
export type ExtraGrants = z.output<typeof extraGrantsSchema>;

/** One of {@link ExtraGrants}. */
export type ExtraGrant = ExtraGrants[string];
