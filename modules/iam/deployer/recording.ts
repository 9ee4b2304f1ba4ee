/** What Terraform is asked to do with a stack, in the order of a deployment. */
export type RecordedPhase = "plan" | "apply" | "no-op" | "update" | "destroy";

/** What the provider did at a call, by the request that Terraform made of it. */
export type RecordedStep = "configure" | "read" | "create" | "update" | "delete";

/**
 * One call of the AWS API. Of its parameters only what decides about permission is kept: names, ARNs, ids, tags. Ids that
 * AWS made up are put as `{<address>}`; everything else is told by its kind, e.g. `<text>`.
 */
export interface RecordedCall {
  readonly phase: RecordedPhase;
  /** What was changed, where it is an update: a group of attributes that change in place. */
  readonly scenario?: string;
  readonly step: RecordedStep;
  /** Terraform's word, or `provider` for what belongs to no resource. */
  readonly type: string;
  /** The SDK's word, e.g. `CloudWatch Logs`. */
  readonly service: string;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The calls of the life of one stack, in their order. */
export interface RecordedStack {
  readonly name: string;
  readonly kind: "bootstrap" | "platform" | "partner";
  readonly owner: string;
  /** Types of its resources as they are emitted, those too that the emulator is not given. */
  readonly types: readonly string[];
  readonly calls: readonly RecordedCall[];
  /** What the emulator could not do. */
  readonly gaps: readonly RecordedGap[];
}

/** A step that ended with an error of the emulator. */
export interface RecordedGap {
  readonly phase: RecordedPhase;
  readonly message: string;
}

/** A recording of one deployment. */
export interface Recording {
  readonly provider: string;
  readonly prefix: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  readonly stacks: readonly RecordedStack[];
}
