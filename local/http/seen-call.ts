import { type IncomingHttpHeaders } from "node:http";

/** A call as the service that it came to saw it, before it had an effect. */
export interface SeenCall {
  /** Who signed it: the id of the access key. */
  readonly caller: string;
  /** Name of the service's client in the SDK. */
  readonly service: "Batch" | "Lambda" | "S3" | "SNS" | "SQS";
  /** Name of the operation in the SDK, e.g. `PutObject`. */
  readonly command: string;
  /** Its parameters; of S3's those that permissions are decided by. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** Is told of each call. */
export type CallListener = (call: SeenCall) => void;

/** The id of the access key that a request is signed with; empty for one that is not signed. */
export function callerOf({ authorization = "" }: IncomingHttpHeaders): string {
  const [, id = ""] = /Credential=([^,\s]+?)\/\d{8}\//u.exec(authorization) ?? [];
  return id;
}
