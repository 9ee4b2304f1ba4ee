import type { World } from "../../evaluate";
import { matches } from "../../glob";
import type { ScanResource } from "../../scan";

/** An account that is not ours, and a name that nothing has. */
const OTHER_ACCOUNT = "999999999999";
const UNRELATED = "unrelated";

/**
 * Things to ask about: everything in the world, one thing for each pattern that any policy names, its nearest neighbour
 * that the pattern does not match, things that nobody names, the same in another account, and `*`. Every widening of a
 * pattern shows on one of them.
 */
export function sampleResources(world: World): readonly ScanResource[] {
  const known = [
    ...world.resources.flatMap(({ arn, type }) => partsOf(arn, type)),
    ...world.principals.map(({ arn }) => arn),
    ...patternsOf(world).flatMap(instances),
  ];
  const own = [...new Set([...known, ...known.map(unrelated)])].sort();
  return [
    { arn: "*" },
    ...own.map((arn) => ({ arn })),
    ...own.map((arn) => inAccount(arn, world.account)),
  ];
}

/** What lies within a thing: objects, log streams, revisions. */
function partsOf(arn: string, type: string): readonly string[] {
  switch (type) {
    case "aws_s3_bucket":
      return [arn, `${arn}/any`];
    case "aws_cloudwatch_log_group":
      return [arn, `${arn}:log-stream:any`];
    case "aws_batch_job_definition":
    case "aws_lambda_function":
      return [arn, `${arn}:1`];
    default:
      return [arn];
  }
}

function patternsOf({ principals }: World): readonly string[] {
  const documents = principals.flatMap(({ policies, boundary }) =>
    [...policies, ...(boundary === undefined ? [] : [boundary])].map(({ document }) => document),
  );
  return documents.flatMap(({ Statement }) =>
    Statement.flatMap(({ Resource = [] }) => [Resource].flat().filter((arn) => arn !== "*")),
  );
}

/** A thing that a pattern matches, and one beside it that it does not match. */
function instances(pattern: string): readonly string[] {
  const instance = pattern.replace(/\*/gu, "any").replace(/\?/gu, "a");
  const beside = `${instance}~`;
  return matches(pattern, beside) ? [instance] : [instance, beside];
}

/** A thing of the same kind with a name that nothing has. */
const unrelated = (arn: string): string => arn.replace(/[^/:]*$/u, UNRELATED);

function inAccount(arn: string, account: string): ScanResource {
  return { arn: arn.replace(`:${account}:`, `:${OTHER_ACCOUNT}:`), account: OTHER_ACCOUNT };
}
