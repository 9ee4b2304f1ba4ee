import type { Grant } from "../grant";
import type { ReportRole } from "../report";

/** A file of the checks. */
export interface LiveFile {
  readonly name: string;
  readonly content: string;
}

/** What no role may do, asked of AWS itself. */
const NEVER = [
  "iam:AttachRolePolicy",
  "iam:CreatePolicyVersion",
  "iam:CreateRole",
  "iam:DeleteRolePermissionsBoundary",
  "iam:PassRole",
  "iam:PutRolePolicy",
  "iam:UpdateAssumeRolePolicy",
  "kms:PutKeyPolicy",
  "lambda:UpdateFunctionCode",
  "s3:DeleteObject",
  "s3:PutBucketPolicy",
] as const;

/**
 * The script that asks a real account what was modelled here, with the policies that it is about. It changes nothing but
 * for the smoke run, which somebody must ask for.
 * @see https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-principal-policy.html
 * @see https://docs.aws.amazon.com/cli/latest/reference/accessanalyzer/check-access-not-granted.html
 */
export function liveChecks(
  { account, region }: { readonly account: string; readonly region: string },
  roles: readonly ReportRole[],
): readonly LiveFile[] {
  const policies = roles.flatMap(({ name, policies: all }) =>
    all.map((policy, index) => ({
      name: `policies/${name}-${String(index + 1)}.json`,
      content: `${JSON.stringify(policy, undefined, 2)}\n`,
      known: !JSON.stringify(policy).includes("(known after apply)"),
    })),
  );
  const lines = [
    ...policies
      .filter(({ known }) => known)
      .flatMap(({ name }) => [`valid ${quoted(name)}`, `never_granted ${quoted(name)}`]),
    ...roles.flatMap(roleChecks),
  ];
  return [
    { name: "verify-live.sh", content: script(account, region, lines) },
    ...policies.map(({ name, content }) => ({ name, content })),
  ];
}

function roleChecks({ arn, grants }: ReportRole): string[] {
  return [
    `denied ${quoted(arn)} '*' ${NEVER.join(" ")}`,
    ...grants.filter(isPlain).map(({ actions, resources }) => allowedLine(arn, actions, resources)),
  ];
}

/** Conditions need a real request's keys; what has some is shown by the smoke run. */
const isPlain = ({ conditions = [], resources }: Grant): boolean =>
  conditions.length === 0 && ("any" in resources || !resources.join().includes("(known"));

function allowedLine(
  arn: string,
  actions: readonly string[],
  resources: Grant["resources"],
): string {
  const [first = "*"] = "any" in resources ? ["*"] : resources;
  // One thing of those that a pattern stands for.
  const one = first === "*" ? first : first.replaceAll("*", "x");
  return `allowed ${quoted(arn)} ${quoted(one)} ${[...actions].sort().join(" ")}`;
}

/** A word for the shell, whatever is in it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function script(account: string, region: string, checks: readonly string[]): string {
  return `#!/bin/sh
# Asks account ${account} what was only modelled before: reads, simulates and validates, and changes nothing.
# Needs the AWS CLI 2 and iam:SimulatePrincipalPolicy, access-analyzer:ValidatePolicy, access-analyzer:CheckAccessNotGranted.
# Access Analyzer takes money for each custom check: https://aws.amazon.com/iam/access-analyzer/pricing/
# With SMOKE_FUNCTION and SMOKE_PAYLOAD (a file) it also invokes that trigger once, which delivers for real.
set -u
cd "$(dirname "$0")" || exit 1
export AWS_PAGER=""
REGION=${quoted(region)}
passed=0
failed=0

tell() { # tell <0 or other> <what>
  if [ "$1" -eq 0 ]; then passed=$((passed + 1)); echo "ok     $2"; else failed=$((failed + 1)); echo "FAILED $2"; fi
}

# All decisions of a simulation, without what is asked for: nothing is left where all are as expected.
simulate() { # simulate <role> <resource> <actions...>
  role=$1 resource=$2
  shift 2
  aws iam simulate-principal-policy --policy-source-arn "$role" --resource-arns "$resource" \\
    --action-names "$@" --query 'EvaluationResults[].EvalDecision' --output text
}

allowed() {
  answer=$(simulate "$@") && [ -n "$answer" ] && ! echo "$answer" | grep -qi deny
  tell $? "allowed: $*"
}

denied() {
  answer=$(simulate "$@") && [ -n "$answer" ] && ! echo "$answer" | grep -qw allowed
  tell $? "denied:  $*"
}

valid() {
  answer=$(aws accessanalyzer validate-policy --region "$REGION" --policy-type IDENTITY_POLICY \\
    --policy-document "file://$1" --query "findings[?findingType!='SUGGESTION'].issueCode" --output text) && [ -z "$answer" ]
  tell $? "valid:   $1 $answer"
}

never_granted() {
  answer=$(aws accessanalyzer check-access-not-granted --region "$REGION" --policy-type IDENTITY_POLICY \\
    --policy-document "file://$1" --access actions=${NEVER.join(",")} --query result --output text) && [ "$answer" = PASS ]
  tell $? "never:   $1"
}

found=$(aws sts get-caller-identity --query Account --output text) || exit 1
if [ "$found" != ${quoted(account)} ]; then
  echo "these checks are about account ${account}, the credentials are of $found; nothing was asked" >&2
  exit 2
fi

${checks.join("\n")}

if [ -n "\${SMOKE_FUNCTION:-}" ]; then
  answer=$(aws lambda invoke --region "$REGION" --function-name "$SMOKE_FUNCTION" --cli-binary-format raw-in-base64-out \\
    --payload "file://\${SMOKE_PAYLOAD:?a file with the event}" smoke-answer.json --query FunctionError --output text) && [ "$answer" = None ]
  tell $? "smoke:   $SMOKE_FUNCTION, its answer is in smoke-answer.json"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
`;
}
