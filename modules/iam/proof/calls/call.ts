import type { IamRequest } from "../../evaluate";

/** How it is known that a call is made: evaluated from a table, or seen in a run. */
export type Known = "modelled" | "recorded";

/** A call that a role must be able to make. */
export interface AwsCall {
  readonly role: string;
  /** For people: what it is for. */
  readonly say: string;
  readonly known: Known;
  readonly call: SdkCall | PlainCall;
}

/** An operation of an AWS SDK, with the parameters that decide about permissions. */
export interface SdkCall {
  /** Name of the client, e.g. `S3`. */
  readonly service: string;
  /** Name of the operation, e.g. `PutObject`. */
  readonly command: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** VPC endpoint that it goes through. */
  readonly endpoint?: string | undefined;
}

/** A use of AWS that is no operation of an SDK, e.g. an NFS mount. */
export type PlainCall = Pick<IamRequest, "action" | "resource" | "context">;

/** A call that nobody knows the permissions of. */
export const callName = (call: AwsCall["call"]): string =>
  "command" in call ? `${call.service} ${call.command}` : call.action;
