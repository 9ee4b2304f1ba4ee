import type { Grant } from "../iam";

/** Write log lines into a group that exists; not create groups. */
export function writeLogs(logGroupArn: string, from: string): Grant {
  return {
    id: "WriteLogs",
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [`${logGroupArn}:*`],
    why: "write its log",
    from,
  };
}
