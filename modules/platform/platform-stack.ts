import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { ComputePool, HostRole } from "../batch";
import { Dashboard, SavedQueries } from "../cloudwatch";
import type { Environment } from "../config";
import { ConfigError, withLogicalId } from "../core";
import { ImageRepository } from "../ecr";
import { FileSystem } from "../efs";
import { BreakGlassRule, breakGlassRuleArn, jobStateRuleArn, stepFactRuleArn } from "../events";
import { EncryptionKey, diskStatements, publishersStatements } from "../kms";
import type { FunctionPackage } from "../lambda";
import { type Network, createNetwork } from "../network";
import { Bucket } from "../s3";
import { AlertsTopic } from "../sns";
import { IngestStack, boundaryArn, stackTags } from "../stack";
import { environmentFaults } from "./environment-faults";
import type { PlatformFactsOutput } from "./facts";
import { NotifyFunction, RunFunctions } from "./functions";

/** Code of the functions that work for all partners of an environment. */
export interface PlatformFunctions {
  readonly notify: FunctionPackage;
  readonly reconcile: FunctionPackage;
  readonly escalate: FunctionPackage;
}

/** What the partners of an environment share: keys, network, staging, images, ledger, pools, alerts. */
export class PlatformStack extends IngestStack {
  private readonly shared: { ledger: Bucket; dataKey: EncryptionKey; alerts: AlertsTopic };

  constructor(scope: Construct, environment: Environment) {
    const faults = environmentFaults(environment);
    if (faults.length > 0) throw new ConfigError(faults);
    super(scope, { environment, kind: "platform", owner: "platform" });
    const keys = this.createKeys();
    const network = createNetwork(this, environment, this.naming);
    const fileSystem = this.createFileSystem(network, keys.data);
    for (const image of environment.images)
      new ImageRepository(this, `Image-${image}`, {
        naming: this.naming,
        image,
        disposable: environment.disposable,
      });
    const ledger = this.createLedger(keys.data);
    const pools = this.createPools(network, keys.scratch);
    const alerts = this.createAlerts(keys.alerts);
    this.shared = { ledger, dataKey: keys.data, alerts };
    this.exportFacts(
      {
        vpcId: network.vpcId,
        subnetIds: Object.values(network.subnets),
        securityGroups: {
          jobs: network.jobsSecurityGroupId,
          fileSystem: network.fileSystemSecurityGroupId,
        },
        fileSystemId: fileSystem.id,
        keys: { data: keys.data.arn, alerts: keys.alerts.arn },
        queues: Object.fromEntries(
          Object.entries(pools).map(([name, pool]) => [
            name,
            { standard: pool.standard.arn, onDemand: pool.onDemand.arn },
          ]),
        ),
        ledgerBucket: ledger.bucketName,
        alertsTopicArn: alerts.arn,
      },
      fileSystem,
    );
  }

  /** Adds the functions that work for all partners. Their code is packed before, which takes its time. */
  addFunctions({ notify, reconcile, escalate }: PlatformFunctions): void {
    const { environment, naming, shared } = this;
    new SavedQueries(this, "Queries", { naming });
    new Dashboard(this, "Dashboard", {
      naming,
      announcementsQueue: naming.name("queue", "platform", "announcements"),
    });
    const common = {
      naming,
      boundaryArn: boundaryArn(environment, naming),
      ledger: {
        arn: shared.ledger.arn,
        bucketName: shared.ledger.bucketName,
        account: environment.account,
        region: environment.region,
        // For the policies, which are known at plan time; S3's context leaves nothing but the ledger.
        kmsKeyArn: naming.arn("kms", "key/*"),
      },
      alertsTopicArn: shared.alerts.arn,
      logRetentionDays: environment.logRetentionDays,
      disposable: environment.disposable,
    };
    const { queue, deadLetters } = new NotifyFunction(this, "Notify", {
      ...common,
      code: notify,
      kmsKeyArn: shared.dataKey.arn,
      ruleArns: [
        jobStateRuleArn(naming),
        stepFactRuleArn(naming),
        ...(environment.people.breakGlass === undefined ? [] : [breakGlassRuleArn(naming)]),
      ],
    });
    if (environment.people.breakGlass !== undefined)
      new BreakGlassRule(this, "BreakGlass", {
        naming,
        topicArn: shared.alerts.arn,
        deadLetters,
        dependsOn: [shared.alerts.policy],
      });
    new RunFunctions(this, "Runs", {
      ...common,
      reconcile,
      escalate,
      announcements: queue,
      deadLetters,
    });
  }

  private createKeys(): Record<"data" | "alerts" | "scratch", EncryptionKey> {
    const { naming } = this;
    const { disposable } = this.environment;
    const common = { naming, owner: "platform", disposable } as const;
    return {
      data: new EncryptionKey(this, "DataKey", {
        ...common,
        thing: "data",
        logicalId: "data",
        description: "Buckets, ledger and staging of all partners",
      }),
      alerts: new EncryptionKey(this, "AlertsKey", {
        ...common,
        thing: "alerts",
        logicalId: "alerts",
        description: "Topic that failures go to",
        statements: publishersStatements(naming),
      }),
      scratch: new EncryptionKey(this, "ScratchKey", {
        ...common,
        // What is on a host's disk never outlives a job.
        disposable: true,
        thing: "scratch",
        logicalId: "scratch",
        description: "Disks of the hosts that jobs run on",
        statements: diskStatements(naming),
      }),
    };
  }

  private createFileSystem(network: Network, key: EncryptionKey): FileSystem {
    return new FileSystem(this, "Staging", {
      naming: this.naming,
      owner: "platform",
      kmsKeyArn: key.arn,
      subnets: network.subnets,
      securityGroupId: network.fileSystemSecurityGroupId,
      disposable: this.environment.disposable,
      logicalId: "staging",
    });
  }

  private createLedger(key: EncryptionKey): Bucket {
    return new Bucket(this, "Ledger", {
      naming: this.naming,
      owner: "platform",
      thing: "ledger",
      kmsKeyArn: key.arn,
      // What partners' functions write of themselves is acted on at once.
      eventBridge: true,
      disposable: this.environment.disposable,
      logicalId: "ledger",
    });
  }

  private createPools(network: Network, scratchKey: EncryptionKey): Record<string, ComputePool> {
    const { environment, naming } = this;
    const pools = Object.entries(environment.pools);
    const hostRole = pools.some(([, pool]) => !pool.kind.startsWith("fargate"))
      ? new HostRole(this, "Host", { naming, boundaryArn: boundaryArn(environment, naming) })
      : undefined;
    return Object.fromEntries(
      pools.map(([name, pool]) => [
        name,
        new ComputePool(this, `Pool-${name}`, {
          naming,
          awsProvider: environment.awsProvider,
          name,
          pool,
          subnetIds: Object.values(network.subnets),
          securityGroupId: network.jobsSecurityGroupId,
          hostRole: pool.kind.startsWith("fargate") ? undefined : hostRole,
          scratchKeyArn: scratchKey.arn,
          tags: stackTags(environment, "platform"),
        }),
      ]),
    );
  }

  private createAlerts(key: EncryptionKey): AlertsTopic {
    const { naming } = this;
    return new AlertsTopic(this, "Alerts", {
      naming,
      kmsKeyArn: key.arn,
      emails: this.environment.alerts.emails,
    });
  }

  private exportFacts(facts: PlatformFactsOutput, fileSystem: FileSystem): void {
    const output = withLogicalId(
      new TerraformOutput(this, "Facts", {
        description:
          "What partners' stacks need to know of the platform; read by `platform export`",
        value: facts,
      }),
      "facts",
    );
    // Facts are told when a job could mount staging. cdktf writes the prop as expressions, which Terraform refuses here.
    output.addOverride(
      "depends_on",
      fileSystem.mountTargets.map(
        (target) => `${target.terraformResourceType}.${target.friendlyUniqueId}`,
      ),
    );
  }
}
