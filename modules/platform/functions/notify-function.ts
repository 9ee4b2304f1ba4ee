import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { Construct } from "constructs";
import { ANNOUNCEMENT_MAX_RECEIVES, ENV } from "../../contract";
import { type Naming, withLogicalId } from "../../core";
import { type FunctionPackage, IngestFunction } from "../../lambda";
import type { BucketRef } from "../../s3";
import { AnnouncementsQueue, DeadLetterQueue } from "../../sqs";
import { notifyGrants } from "./notify-grants";

/** Props of {@link NotifyFunction}. */
export interface NotifyFunctionProps {
  readonly naming: Naming;
  readonly code: FunctionPackage;
  readonly boundaryArn: string;
  readonly ledger: BucketRef & { readonly bucketName: string };
  /** Key of the announcements queue. */
  readonly kmsKeyArn: string;
  readonly alertsTopicArn: string;
  /** ARNs of the platform's rules that put events among the dead letters. */
  readonly ruleArns: readonly string[];
  readonly logRetentionDays: number;
  readonly disposable: boolean;
}

/** Each channel has 8 s for an answer, and what AWS takes besides. */
const TIMEOUT_SECONDS = 60;

/** Few at a time: receivers are small things, and an outage shall not fill the account's concurrency. */
const MAX_CONCURRENCY = 4;

/**
 * Tells people and systems what the other functions announce: the announcements queue, the function that empties it, and
 * the dead-letter queue that keeps what could not be told.
 */
export class NotifyFunction extends Construct {
  readonly queue: AnnouncementsQueue;
  readonly deadLetters: DeadLetterQueue;
  readonly target: IngestFunction;

  constructor(scope: Construct, id: string, props: NotifyFunctionProps) {
    super(scope, id);
    const { naming, ledger, alertsTopicArn } = props;
    this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
      naming,
      owner: "platform",
      alertsTopicArn,
      // What the rules of the platform could not hand over is kept in the same place.
      ruleArns: props.ruleArns,
    });
    this.queue = new AnnouncementsQueue(this, "Announcements", {
      naming,
      kmsKeyArn: props.kmsKeyArn,
      deadLetters: this.deadLetters,
      maxReceives: ANNOUNCEMENT_MAX_RECEIVES,
      consumerTimeoutSeconds: TIMEOUT_SECONDS,
    });
    this.target = new IngestFunction(this, "Function", {
      naming,
      owner: "platform",
      thing: "notify",
      description: "Tells people and systems what happened to orders",
      code: props.code,
      environment: {
        [ENV.ledgerBucket]: ledger.bucketName,
        [ENV.announcementsQueueUrl]: this.queue.url,
        [ENV.alertsTopicArn]: alertsTopicArn,
      },
      grants: [
        ...this.queue.grantConsume("notifications"),
        ...notifyGrants(naming, ledger, { topicArn: alertsTopicArn }),
      ],
      boundaryArn: props.boundaryArn,
      timeoutSeconds: TIMEOUT_SECONDS,
      logRetentionDays: props.logRetentionDays,
      disposable: props.disposable,
      deadLetters: this.deadLetters,
      alertsTopicArn,
    });
    withLogicalId(
      new LambdaEventSourceMapping(this, "Source", {
        eventSourceArn: this.queue.arn,
        functionName: this.target.functionName,
        batchSize: 5,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: MAX_CONCURRENCY },
        dependsOn: [
          this.queue.queue,
          this.target.lambda,
          this.target.role.role,
          ...this.target.role.policies,
        ],
      }),
      "announcements",
    );
  }
}
