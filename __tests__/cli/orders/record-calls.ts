import type { HeadBucketCommandOutput, S3Client } from "@aws-sdk/client-s3";
import type { SdkCall } from "../../../modules/iam/proof";

/** A call that a command made, and whether S3 was to say that there is no such object. */
export interface RecordedCall extends SdkCall {
  readonly missing: boolean;
}

/** What a stand-in answers to a call in the service's place; undefined where the service itself is to answer. */
export type Answer = (call: SdkCall) => object | undefined;

/** Records every call of a client, with the parameters that decide about permissions. */
export function recordCalls(
  client: unknown,
  calls: RecordedCall[],
  answer: Answer = () => undefined,
): void {
  // All clients of the SDK have the same stack; the types alone differ.
  (client as S3Client).middlewareStack.add(
    (next, context) => async (args) => {
      const { clientName = "", commandName = "" } = context as Readonly<Record<string, string>>;
      const call: SdkCall = {
        service: clientName.replace(/Client$/u, ""),
        command: commandName.replace(/Command$/u, ""),
        input: { ...args.input },
      };
      const known = answer(call);
      if (known !== undefined) {
        calls.push({ ...call, missing: false });
        return { output: known as HeadBucketCommandOutput, response: {} };
      }
      try {
        const result = await next(args);
        calls.push({ ...call, missing: false });
        return result;
      } catch (error) {
        calls.push({ ...call, missing: /NoSuchKey|NotFound/u.test((error as Error).name) });
        throw error;
      }
    },
    { step: "initialize" },
  );
}
