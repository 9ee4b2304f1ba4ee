import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { answerOf } from "./aws-answer";
import { reasonOf } from "./errors";
import type { StepFunctions } from "./functions-port";
import { CALL_TIMEOUT_MS } from "./ports";

/**
 * Creates the way to functions that do steps. The client must not repeat calls by itself: `maxAttempts: 1`. Who is not
 * taken, is throttled for example, need not wait: Batch does the step.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export const awsFunctions = (lambda: LambdaClient, timeoutMs = CALL_TIMEOUT_MS): StepFunctions => ({
  ask: async (arn, event) => {
    try {
      await lambda.send(
        new InvokeCommand({
          FunctionName: arn,
          InvocationType: "Event",
          Payload: Buffer.from(JSON.stringify(event)),
        }),
        { abortSignal: AbortSignal.timeout(timeoutMs) },
      );
      return { kind: "accepted" };
    } catch (error) {
      const { status } = answerOf(error);
      const reason = `Lambda did not take it: ${reasonOf(error, timeoutMs)}`;
      // Only an answer that says no is a no; after any other the function may be at work.
      return status !== undefined && status >= 400 && status < 500 && status !== 408
        ? { kind: "refused", reason }
        : { kind: "unknown", reason };
    }
  },
});
