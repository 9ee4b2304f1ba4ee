import { ORDER_KEY_PATTERN, type PartnerSpec } from "../../../contract";
import { DELIMITER } from "../../../core";
import type { SdkCall } from "../calls/call";
import { type FunctionUse, type JobUse, type RoleUse, settingsOf } from "../deployment";

/** Whose calls a run on one machine shows: those of workers and functions. */
export type Caller = JobUse | FunctionUse;

/** Whether the calls of a role can be recorded: nothing here plays ECS agents, Scheduler or the start of a container. */
export const isCaller = (use: RoleUse): use is Caller =>
  use.kind === "job" || use.kind === "function";

/** What does the work, e.g. `job publish` or `trigger`: the same code in every deployment. */
export function workOf(use: Caller, specs: readonly PartnerSpec[]): string {
  if (use.kind === "job") {
    const { settings } = use;
    return settings.kind === "process"
      ? `job process from ${settings.input.from}`
      : `job ${settings.kind}`;
  }
  const name = use.name.split(DELIMITER).pop() ?? use.name;
  const chain = specs.find(({ partner }) => partner === use.owner)?.chains.order ?? [];
  if (name !== "trigger") return name;
  if (chain.some(({ arrayFiles }) => arrayFiles !== undefined)) return "trigger that counts files";
  return chain.some((step) => step.function !== undefined) ? "trigger that asks a function" : name;
}

/** Parameters that ask for further permissions; their values are of one run. */
const FLAGS = ["VersionId", "CopySource", "Tagging", "ACL"] as const;

/**
 * A call without what differs from run to run, partner to partner and deployment to deployment: what is left is the same
 * for all that the same code calls, so that a call of a recording can be found among those that are asked about.
 */
export function shapeOf(
  { service, command, input }: SdkCall,
  use: Caller,
  specs: readonly PartnerSpec[],
): string {
  const flags = [
    ...FLAGS.filter((name) => input[name] !== undefined),
    // A write under the condition of an etag reads it.
    ...(command.startsWith("Get") || input["IfMatch"] === undefined ? [] : ["IfMatch"]),
  ];
  return [
    `${service} ${command}${thingOf(service, input, use, specs)}`,
    ...(flags.length > 0 ? [`with ${flags.join(", ")}`] : []),
  ].join(" ");
}

function thingOf(
  service: string,
  input: SdkCall["input"],
  use: Caller,
  specs: readonly PartnerSpec[],
): string {
  switch (service) {
    case "S3":
      return ` ${s3Thing(input, use, specs)}`;
    case "Lambda":
      return ` {${lastPart(String(input["FunctionName"]))}}`;
    case "SQS":
      return ` {${lastPart(String(input["QueueUrl"]))}}`;
    case "SNS":
      return ` {${lastPart(String(input["TopicArn"]))}}`;
    case "Batch":
      return Object.keys(input["tags"] ?? {}).length > 0 ? " with tags" : "";
    default:
      return "";
  }
}

/** The last part of a name of ours. */
const lastPart = (name: string): string =>
  (name.split(/[/:]/u).pop() ?? name).split(DELIMITER).pop() ?? name;

function s3Thing(input: SdkCall["input"], use: Caller, specs: readonly PartnerSpec[]): string {
  const bucket = String(input["Bucket"]);
  const isList = input["Key"] === undefined;
  const named = input["Key"] ?? input["Prefix"];
  const text = typeof named === "string" ? named : "";
  const key = specs.some(({ ledgerBucket }) => ledgerBucket === bucket)
    ? `{ledger}/${segments(text, specs).replace(/\/announced\/.+$/u, "/announced/{id}.json")}`
    : contentKey(bucket, text, use, specs);
  return isList ? `${key}*` : key;
}

/** Keys of files, which partners choose: what they lie below is ours. */
function contentKey(
  bucket: string,
  key: string,
  use: Caller,
  specs: readonly PartnerSpec[],
): string {
  const settings = use.kind === "job" ? use.settings : settingsOf(use);
  if (settings === undefined || !("bucket" in settings) || settings.bucket !== bucket)
    return "{source}/{object}";
  const quarantined = /^quarantine\/([^/]+\/.*)$/u.exec(key)?.[1];
  if (quarantined !== undefined)
    return `{target}/quarantine/${files(segments(quarantined, specs))}`;
  const below = key.startsWith(settings.prefix) ? key.slice(settings.prefix.length) : "";
  if (!ORDER_KEY_PATTERN.test(below.split("/")[0] ?? "")) return "{target}/{file for readers}";
  return `{target}/{prefix}${files(segments(below, specs))}`;
}

/** Listing one file is listing a prefix, so the directory alone stays apart. */
const files = (key: string): string => key.replace(/\/files\/.+$/u, "/files/{file}");

function segments(key: string, specs: readonly PartnerSpec[]): string {
  const partners = specs.map(({ partner }) => partner);
  const steps = specs.flatMap(({ chains }) =>
    Object.values(chains)
      .flat()
      .map(({ name }) => name),
  );
  return key
    .split("/")
    .map((segment) => {
      if (partners.includes(segment)) return "{partner}";
      if (steps.includes(segment)) return "{step}";
      return segment
        .split(".")
        .map((part, index) => (index === 0 && steps.includes(part) ? "{step}" : placeholder(part)))
        .join(".");
    })
    .join("/");
}

const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:[:-]\d+)?$/u, "{job}"],
  // After ids of jobs, which look like it.
  [ORDER_KEY_PATTERN, "{order}"],
  [/^[0-9a-f]{64}$/u, "{digest}"],
  [/^\d{4}-\d{2}-\d{2}$/u, "{day}"],
  [/^\d{8}T\d{6,9}Z-.+$/u, "{action}"],
  [/^(?:SUBMITTED|PENDING|RUNNABLE|STARTING|RUNNING|SUCCEEDED|FAILED)$/u, "{status}"],
  [/^(?:claimed|delivered|failed|cancelled|told)$/u, "{fact}"],
  [/^g?\d+$/u, "{n}"],
];

const placeholder = (part: string): string =>
  PLACEHOLDERS.find(([pattern]) => pattern.test(part))?.[1] ?? part;
