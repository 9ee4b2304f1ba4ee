import { type GlobToken, globTokens, matches } from "../glob";
import type { IamAction } from "./actions";
import file from "./catalog.json";
import type { AccessLevel, CatalogFile, CatalogFileService } from "./format";

/** An action as the catalog knows it. */
export interface ActionInfo {
  /** With AWS's own capitals, e.g. `s3:GetObject`. */
  readonly name: IamAction;
  readonly level: AccessLevel;
  /** Empty: the action takes no resource, only `*`. */
  readonly resourceTypes: readonly ResourceTypeInfo[];
  /** Condition keys of requests of this action, as patterns; those of all requests are {@link globalKeys}. */
  readonly conditionKeys: readonly string[];
}

/** A resource type of an action. */
export interface ResourceTypeInfo {
  readonly name: string;
  /** A request of the action always names a resource of this type. */
  readonly required: boolean;
  /** Format of its ARNs, e.g. `arn:${Partition}:s3:::${BucketName}`. */
  readonly arn: string;
  /** The six parts of the format, as patterns. */
  readonly segments: readonly (readonly GlobToken[])[];
}

/** What the catalog was made of, and when. */
export const CATALOG_VERSION = {
  source: file.source,
  version: file.version,
  date: file.date,
} as const;

/** Condition keys that requests of every service have, as patterns. */
export const globalKeys: readonly string[] = file.globalKeys;

const services = file.services as unknown as CatalogFile["services"];

const known = new Map<string, ActionInfo>();
const byService = new Map<string, readonly ActionInfo[]>();

/** Prefixes of the services in the catalog. */
export const catalogServices = (): readonly string[] => Object.keys(services);

/** The actions of a service, or `undefined` for a service that the catalog does not hold. */
export function actionsOf(service: string): readonly ActionInfo[] | undefined {
  const prefix = service.toLowerCase();
  const read = byService.get(prefix);
  if (read !== undefined) return read;
  const data = services[prefix];
  if (data === undefined) return undefined;
  const actions = Object.keys(data.actions).map((action) => readAction(prefix, data, action));
  for (const action of actions) known.set(action.name.toLowerCase(), action);
  byService.set(prefix, actions);
  return actions;
}

let all: readonly ActionInfo[] | undefined;

/** All actions of the catalog. */
export function allActions(): readonly ActionInfo[] {
  all ??= catalogServices().flatMap((service) => actionsOf(service) ?? []);
  return all;
}

/** An action by its name; capitals do not count, as in AWS. */
export function findAction(name: string): ActionInfo | undefined {
  actionsOf(name.split(":")[0] ?? "");
  return known.get(name.toLowerCase());
}

/** Whether a request of an action has a condition key: its own, its resources', or one of all requests. */
export function hasConditionKey(action: ActionInfo, key: string): boolean {
  const wanted = key.toLowerCase();
  return [...action.conditionKeys, ...globalKeys].some((pattern) =>
    matches(pattern.toLowerCase(), wanted),
  );
}

function readAction(prefix: string, service: CatalogFileService, name: string): ActionInfo {
  const [level, required, optional, keySet] = service.actions[name] ?? missing(prefix, name);
  const types = [
    ...required.map((type) => readType(prefix, service, type, true)),
    ...optional.map((type) => readType(prefix, service, type, false)),
  ];
  const resourceKeys = types.flatMap(({ keys }) => keys);
  return {
    name: `${prefix}:${name}` as IamAction,
    level,
    resourceTypes: types.map(({ info }) => info),
    conditionKeys: [...new Set([...(service.keySets[keySet] ?? []), ...resourceKeys])],
  };
}

function readType(
  prefix: string,
  service: CatalogFileService,
  name: string,
  required: boolean,
): { readonly info: ResourceTypeInfo; readonly keys: readonly string[] } {
  const [arn, keySet] = service.resources[name] ?? missing(prefix, name);
  return {
    info: { name, required, arn, segments: arnFormatSegments(arn) },
    keys: service.keySets[keySet] ?? [],
  };
}

/** Characters that the names in ARNs can not have, where an ARN would be taken for one of another type otherwise. */
const NAME_EXCEPT: Readonly<Record<string, string>> = {
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  BucketName: "/:",
  // https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html
  JobDefinitionName: "/:",
  JobQueueName: "/:",
  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
  FunctionName: "/:",
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
  QueueName: "/:",
  // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
  TopicName: "/:",
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
  ClusterName: "/:",
};

function arnFormatSegments(format: string): GlobToken[][] {
  const parts = format.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")].map((segment) =>
    segment.split(/(\$\{\w+\})/u).flatMap((text): GlobToken[] => {
      const name = /^\$\{(\w+)\}$/u.exec(text)?.[1];
      return name === undefined
        ? globTokens(text)
        : [{ run: true, except: NAME_EXCEPT[name] ?? "" }];
    }),
  );
}

function missing(prefix: string, name: string): never {
  throw new Error(`the catalog has no ${prefix}:${name}; make it anew by npm run iam:catalog`);
}
