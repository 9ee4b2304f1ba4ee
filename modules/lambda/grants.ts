import type { Grant } from "../iam";

/** Invoke a function directly. */
export function invokeFunction(functionArn: string, why: string, from: string): Grant {
  return {
    id: "InvokeFunction",
    actions: ["lambda:InvokeFunction"],
    resources: [functionArn],
    why,
    from,
  };
}
