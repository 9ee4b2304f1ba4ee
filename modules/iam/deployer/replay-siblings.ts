import type { RecordedCall, RecordedStack } from "./recording";

/** Condition keys whose values a call does not tell, and another one for the same thing does. */
export function siblingContext(
  { operation, type }: RecordedCall,
  { calls }: RecordedStack,
  functionArn: (name: string) => string,
): Record<string, string> {
  const told = (parameter: string): string | undefined =>
    calls.find((call) => call.type === type && call.parameters[parameter] !== undefined)
      ?.parameters[parameter];
  // A mapping is known by the function that it feeds, which the call that makes it tells.
  const name = operation.endsWith("EventSourceMapping") ? told("FunctionName") : undefined;
  // Versions are listed of an object that the other calls for it name.
  const key = operation === "ListObjectVersions" ? told("Key") : undefined;
  return {
    ...(name === undefined ? {} : { "lambda:FunctionArn": functionArn(name) }),
    ...(key === undefined ? {} : { "s3:prefix": key }),
  };
}
