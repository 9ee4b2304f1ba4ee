import type { RecordedCall, Recording } from "./recording";

/** The boundary of a role: what the request gives it, or what it was made with; and the policy that is attached to it. */
export function roleContext(
  { parameters }: RecordedCall,
  action: string,
  resource: string,
  recording: Recording,
): Record<string, string> {
  if (!action.startsWith("iam:") || !/:role\/(?!aws-service-role)/u.test(resource)) return {};
  const name = parameters["RoleName"];
  const made = recording.stacks
    .flatMap(({ calls }) => calls)
    .find((one) => one.operation === "CreateRole" && one.parameters["RoleName"] === name);
  const boundary = made?.parameters["PermissionsBoundary"];
  const attached = action === "iam:PassRole" ? undefined : parameters["PolicyArn"];
  return {
    ...(boundary === undefined ? {} : { "iam:PermissionsBoundary": boundary }),
    ...(attached === undefined ? {} : { "iam:PolicyARN": attached }),
  };
}
