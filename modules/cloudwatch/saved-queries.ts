import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import { Construct } from "constructs";
import { type Naming, snakeCase, withLogicalId } from "../core";

/**
 * Queries of a night: name and text. Functions and worker name some things differently: what happened is `event` of the one
 * and `message` of the other, the order `orderId` and `order`, the job `jobId` and `job`. Log groups are chosen when a
 * query is run: those of a partner are `/<prefix>/<environment>/<partner>/...`.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export const SAVED_QUERIES = {
  "what-failed": `fields time, partner, coalesce(orderId, order) as ofOrder, coalesce(attempt, run) as ofAttempt, step, coalesce(event, message) as what, reason
| filter level = "error"
| sort time desc
| limit 200`,
  "one-order": `fields time, level, coalesce(event, message) as what, step, coalesce(jobId, job) as ofJob, reason
| filter orderId = "ORDER" or order = "ORDER" or orderKey = "ORDER" or run like "ORDER/"
| sort time asc
| limit 1000`,
  "not-told": `fields time, partner, announcement, kind, receives, @message
| filter event = "not told"
| sort time desc
| limit 200`,
  "failures-by-partner": `fields coalesce(event, message) as what
| filter level = "error"
| stats count(*) as failures, latest(time) as last by partner, what
| sort failures desc`,
} as const;

/** The queries, below `<prefix>/<environment>` in the console. Creates an `aws_cloudwatch_query_definition` each. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { naming }: { readonly naming: Naming }) {
    super(scope, id);
    const { prefix, environment } = naming.scope;
    for (const [name, queryString] of Object.entries(SAVED_QUERIES))
      withLogicalId(
        new CloudwatchQueryDefinition(this, `Query-${name}`, {
          name: `${prefix}/${environment}/${name}`,
          queryString,
        }),
        snakeCase(name),
      );
  }
}
