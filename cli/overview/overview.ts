import { TerraformResource } from "cdktf";
import { type BuiltApp, type BuiltStack, type Project } from "../../modules/app";
import { JobQueue } from "../../modules/batch/job-queue";
import {
  type Environment,
  type Partner,
  type PartnerStep,
  readerPlaces,
} from "../../modules/config";
import { WorkloadRole } from "../../modules/iam";
import { idleCost, type IdleCost } from "../../modules/platform";
import { Bucket } from "../../modules/s3";
import { type RoleInWords, roleInWords } from "./role-words";

/** What the Terraform of an environment holds, for people and for the page. */
export interface Overview {
  readonly environment: Pick<Environment, "id" | "account" | "region" | "offline">;
  readonly stacks: readonly {
    readonly name: string;
    readonly kind: string;
    readonly resources: number;
  }[];
  readonly roles: readonly RoleInWords[];
  readonly queues: readonly string[];
  readonly buckets: readonly { readonly name: string; readonly owner: string }[];
  readonly pools: readonly {
    readonly name: string;
    readonly kind: string;
    readonly tenancy: string;
  }[];
  readonly partners: readonly PartnerOverview[];
  readonly idleCost: IdleCost;
}

/** A partner as it was defined. */
export interface PartnerOverview {
  readonly id: string;
  readonly company: string;
  readonly triggers: readonly {
    readonly name: string;
    readonly kind: string;
    readonly detail: string;
    /** Bucket whose objects it waits for. */
    readonly bucket?: string | undefined;
  }[];
  readonly steps: readonly StepOverview[];
  readonly staging: string;
  readonly buckets: readonly string[];
  readonly readers: readonly ReaderOverview[];
}

/** Who reads what a partner's steps delivered. */
export interface ReaderOverview {
  readonly name: string;
  /** Bucket of the partner. */
  readonly from: string;
  /** Folders, which end in `/`, and keys. */
  readonly places: readonly string[];
  readonly reason: string;
}

/** A step of a partner. */
export interface StepOverview {
  readonly name: string;
  readonly kind: string;
  readonly chain: "order" | "discovery";
  readonly after: readonly string[];
  readonly pool: string;
}

/** Looks at the stacks of an environment. */
export function overviewOf(
  project: Project,
  { stacks }: BuiltApp,
  environment: Environment,
): Overview {
  const own = stacks.filter((stack) => stack.environment === environment.id);
  const all = own.flatMap((built) =>
    built.stack.node.findAll().map((construct) => ({ built, construct })),
  );
  const partnerIds = own.filter(({ kind }) => kind === "partner").map(({ owner }) => owner);
  const { id, account, region, offline } = environment;
  return {
    environment: { id, account, region, offline },
    stacks: own.map((built) => ({
      name: built.name,
      kind: built.kind,
      resources: resourcesOf(built),
    })),
    roles: all.flatMap(({ built, construct }) =>
      construct instanceof WorkloadRole ? [roleInWords(construct, built.owner)] : [],
    ),
    queues: all.flatMap(({ construct }) =>
      construct instanceof JobQueue ? [construct.queueName] : [],
    ),
    buckets: all.flatMap(({ built, construct }) =>
      construct instanceof Bucket ? [{ name: construct.bucketName, owner: built.owner }] : [],
    ),
    pools: Object.entries(environment.pools).map(([name, pool]) => ({
      name,
      kind: pool.kind,
      tenancy: pool.tenancy === "shared" ? "shared" : pool.tenancy.partner,
    })),
    partners: project.partners.filter((partner) => partnerIds.includes(partner.id)).map(partnerOf),
    idleCost: idleCost(environment),
  };
}

function resourcesOf({ stack }: BuiltStack): number {
  return stack.node
    .findAll()
    .filter((construct) => TerraformResource.isTerraformResource(construct)).length;
}

function partnerOf(partner: Partner): PartnerOverview {
  const steps = (chain: StepOverview["chain"]): StepOverview[] =>
    Object.entries<PartnerStep>(chain === "order" ? partner.steps : partner.discovery).map(
      ([name, step]) => ({
        name,
        kind: step.kind,
        chain,
        after: step.after,
        pool: step.compute?.pool ?? partner.compute.pool,
      }),
    );
  return {
    id: partner.id,
    company: partner.source.company,
    triggers: Object.entries(partner.triggers).map(([name, trigger]) => ({
      name,
      kind: trigger.kind,
      detail: triggerDetail(trigger),
      bucket: trigger.kind === "s3Object" ? trigger.bucket : undefined,
    })),
    steps: [...steps("discovery"), ...steps("order")],
    staging: partner.staging.kind,
    buckets: bucketRoles(partner),
    readers: Object.entries(partner.readers).map(([name, reader]) => ({
      name,
      from: reader.from,
      places: readerPlaces(partner, reader),
      reason: reader.reason,
    })),
  };
}

function triggerDetail(trigger: Partner["triggers"][string]): string {
  switch (trigger.kind) {
    case "manual":
      return "by hand, or another program";
    case "schedule":
      return `${trigger.cron} ${trigger.timezone}, starts ${trigger.starts === "order" ? "an order" : "a look for new orders"}`;
    case "s3Object":
      return `object ${trigger.prefix}*${trigger.suffix} in ${trigger.bucket}`;
  }
}

function bucketRoles(partner: Partner): string[] {
  const named = [
    ...Object.values(partner.triggers).flatMap((trigger) =>
      trigger.kind === "s3Object" ? [trigger.bucket] : [],
    ),
    ...Object.values(partner.steps).flatMap((step) => ("to" in step ? [step.to] : [])),
    ...Object.keys(partner.buckets),
  ];
  return [...new Set(named)].sort();
}
