/**
 * A permission with its reason. Grants are the only way in which permissions enter the system: no managed policies of
 * AWS, no wildcards in actions, literal ARNs.
 */
export interface Grant {
  /** Stable name within the role, PascalCase letters and digits: the statement's Sid. */
  readonly id: string;
  /** Exact actions, e.g. `s3:GetObject`. */
  readonly actions: readonly string[];
  /** ARNs, known at plan time; or all resources, with the reason that can be checked. */
  readonly resources: readonly string[] | AnyResource;
  readonly conditions?: readonly Condition[];
  /** What for, as a sentence part for people: `"put the delivered files into the processed bucket"`. */
  readonly why: string;
  /** What in the user's settings needs it, e.g. `steps.fetch`. */
  readonly from: string;
  /** The user's own setting that is this grant, for errors: `partners/acme.steps.fetch.grants.rates`. */
  readonly setting?: string | undefined;
  /** AWS documentation behind an action that follows from another call. */
  readonly source?: string;
}

/** `*` as the resource, and why. */
export interface AnyResource {
  readonly any: true;
  /**
   * `no-resource-types`: the action takes no resource (checked against the catalog).
   * `id-not-known`: AWS makes the id up when the action is called; a condition must limit it.
   */
  readonly reason: "no-resource-types" | "id-not-known";
}

/** One condition of a statement. Operators are those that the evaluator knows. */
export interface Condition {
  readonly op: ConditionOperator;
  readonly key: string;
  readonly values: readonly string[];
}

/** The operators that our policies use; nothing else is emitted. */
export type ConditionOperator =
  | "StringEquals"
  | "StringNotEquals"
  | "StringLike"
  | "StringNotLike"
  | "StringEqualsIfExists"
  | "StringNotEqualsIfExists"
  | "ArnEquals"
  | "ArnLike"
  | "ArnNotLike"
  | "ArnLikeIfExists"
  | "Bool"
  | "BoolIfExists"
  | "Null"
  | "NumericLessThan"
  | "NumericLessThanEquals"
  | "ForAllValues:StringEquals"
  | "ForAnyValue:StringEquals";
