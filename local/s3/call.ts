import type { Answer } from "./http/answer";
import type { BodySource } from "./http/body";
import type { S3Request } from "./http/request";
import type { OperationName } from "./http/router";
import type { Service } from "./service";

/** One request on its way through an operation. */
export interface Call {
  readonly operation: OperationName;
  readonly request: S3Request;
  readonly requestId: string;
  readonly service: Service;
  readonly body: BodySource;
}

/** Does one of S3's operations; throws an `S3Error` for what S3 would refuse. */
export type Operation = (call: Call) => Answer | Promise<Answer>;
