import { LATER, type ReportAccess, type ReportRole } from "../report";
import { liveRoles, quoted, roleChecks } from "./checks";

/** A file of the checks. */
export interface LiveFile {
  readonly name: string;
  readonly content: string;
}

/**
 * The script that asks a real account what was modelled here, with the policies that it is about. It changes nothing but
 * for the smoke run, which somebody must ask for.
 * @see https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-principal-policy.html
 * @see https://docs.aws.amazon.com/cli/latest/reference/accessanalyzer/check-access-not-granted.html
 */
export function liveChecks(
  { account, region }: { readonly account: string; readonly region: string },
  roles: readonly ReportRole[],
  access: readonly ReportAccess[] = [],
): readonly LiveFile[] {
  const asked = liveRoles(roles, access);
  const files = asked.flatMap(({ policies, never }) =>
    policies.map(({ name, document }) => ({
      never,
      name: `policies/${name}.json`,
      content: `${JSON.stringify(document, undefined, 2)}\n`,
    })),
  );
  const lines = [
    ...files
      .filter(({ content }) => !content.includes(LATER))
      .flatMap(({ name, never }) => [
        `valid ${quoted(name)}`,
        `never_granted ${quoted(name)} ${never.join(",")}`,
      ]),
    ...asked.flatMap(roleChecks),
  ];
  return [
    { name: "verify-live.sh", content: script(account, region, lines) },
    ...files.map(({ name, content }) => ({ name, content })),
  ];
}

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
CONTEXT=""
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
    \${CONTEXT:+--context-entries "$CONTEXT"} --action-names "$@" --query 'EvaluationResults[].EvalDecision' --output text
}

allowed() {
  answer=$(simulate "$@") && [ -n "$answer" ] && ! echo "$answer" | grep -qi deny
  tell $? "allowed: $*"
}

denied() {
  answer=$(simulate "$@") && [ -n "$answer" ] && ! echo "$answer" | grep -qw allowed
  tell $? "denied:  $*"
}

# With the keys of a real request, and not without them: a condition that never matters would be found here.
allowed_only_if() { # allowed_only_if <context entries> <role> <resource> <actions...>
  CONTEXT=$1
  shift
  with=$(simulate "$@") && [ -n "$with" ] && ! echo "$with" | grep -qi deny
  given=$?
  CONTEXT=""
  without=$(simulate "$@") && [ -n "$without" ] && ! echo "$without" | grep -qw allowed
  tell $((given + $?)) "only if: $*"
}

valid() {
  answer=$(aws accessanalyzer validate-policy --region "$REGION" --policy-type IDENTITY_POLICY \\
    --policy-document "file://$1" --query "findings[?findingType!='SUGGESTION'].issueCode" --output text) && [ -z "$answer" ]
  tell $? "valid:   $1 $answer"
}

never_granted() { # never_granted <file> <actions, by commas>
  answer=$(aws accessanalyzer check-access-not-granted --region "$REGION" --policy-type IDENTITY_POLICY \\
    --policy-document "file://$1" --access "actions=$2" --query result --output text) && [ "$answer" = PASS ]
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
