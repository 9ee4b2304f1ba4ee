import type {
  RecordedCall,
  RecordedPhase,
  RecordedStep,
  Recording,
} from "../modules/iam/deployer/recording";
import type { RawCall } from "./iam-record-log";

/** Ids that AWS made up, with the address of what they belong to. */
export type Ids = ReadonlyMap<string, string>;

/** How the calls of a stack are told: by phase, with its ids put as addresses. */
export interface ReduceOptions {
  readonly phase: RecordedPhase;
  /** What was changed, where it is an update. */
  readonly scenario?: string | undefined;
  readonly ids: Ids;
}

/** Keeps of calls what permissions are decided by. */
export function reduceCalls(calls: readonly RawCall[], options: ReduceOptions): RecordedCall[] {
  return calls
    .filter(({ service }) => service !== "STS")
    .map((call) => ({
      phase: options.phase,
      ...(options.scenario === undefined ? {} : { scenario: options.scenario }),
      step: stepOf(call.step, options.phase),
      type: call.type,
      service: call.service,
      operation: call.operation,
      parameters: parametersOf(call, options.ids),
    }));
}

/** What could not be made by the first apply is tried again by each that comes after: no update, so told once. */
export function withoutRetries(calls: readonly RecordedCall[]): RecordedCall[] {
  const nameOf = ({ service, operation, parameters }: RecordedCall): string =>
    JSON.stringify([
      service,
      operation,
      ...Object.entries(parameters).filter(([key]) => key.endsWith("Name")),
    ]);
  const made = new Set(
    calls.filter(({ phase, step }) => phase === "apply" && step === "create").map(nameOf),
  );
  return calls.filter(
    (call) =>
      call.phase !== "update" || !call.operation.startsWith("Create") || !made.has(nameOf(call)),
  );
}

/** Before each update Terraform looks at all that there is; what a plan asked before is told once. */
export function withoutRepeatedPlans(calls: readonly RecordedCall[]): RecordedCall[] {
  const asked = new Set<string>();
  return calls.filter((call) => {
    if (call.phase !== "plan") return true;
    const text = JSON.stringify(call);
    return !asked.has(text) && asked.add(text);
  });
}

function stepOf(step: RawCall["step"], phase: RecordedPhase): RecordedStep {
  if (step !== "apply") return step;
  return phase === "destroy" ? "delete" : phase === "update" ? "update" : "create";
}

/** Parameters whose values are kept when they look like a name: they say what is called, or what it is given. */
const KEPT =
  /(arn|names?|id|ids|path|boundary|bucket|key|role|source|principal|target|alias|resource|protocol|endpoint|rule|group|topic|queue|policy|profile|mode|action|statement)(\.(member\.)?\d+)?$/iu;

function parametersOf(call: RawCall, ids: Ids): Record<string, string> {
  const found = { ...urlParameters(call), ...bodyParameters(call) };
  const reduced = Object.entries(found).map(([name, value]): [string, string] => [
    name,
    isTag(name) || (KEPT.test(name) && isName(value)) || isArn(value) || isOurs(value)
      ? symbolic(value.replace(/^https?:\/\/[^/]+/u, "https://endpoint"), ids)
      : kindOf(value),
  ]);
  return Object.fromEntries(reduced.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isTag = (name: string): boolean => /(^|\.)tags?(key|set)?s?(\.|$)/iu.test(name);
const isArn = (value: string): boolean => /^arn:[^\s{}"]+$/u.test(value);
/** A name that our stacks gave, wherever it stands. */
const isOurs = (value: string): boolean => /^[\w./:-]*\w--\w[\w-]*--[\w-]+$/u.test(value);
const isName = (value: string): boolean => value.length <= 256 && /^[\w./:@+=,*#%-]+$/u.test(value);

function kindOf(value: string): string {
  if (/^(true|false)$/u.test(value)) return "<boolean>";
  if (/^-?\d+(\.\d+)?$/u.test(value)) return "<number>";
  return /^\s*[{[<]/u.test(value) ? "<document>" : "<text>";
}

/** Puts addresses for ids, the longest first: an ARN holds the id of its thing. */
function symbolic(value: string, ids: Ids): string {
  let text = value;
  for (const [id, address] of ids) text = text.replaceAll(id, `{${address}}`);
  return text;
}

function urlParameters({ url, service }: RawCall): Record<string, string> {
  const { pathname, searchParams } = new URL(url);
  const query = Object.fromEntries([...searchParams].map(([key, value]) => [`?${key}`, value]));
  if (service === "S3") {
    const [, bucket = "", ...key] = pathname.split("/").map(decodeURIComponent);
    return { ...query, Bucket: bucket, ...(key.length > 0 ? { Key: key.join("/") } : {}) };
  }
  return pathname === "/" ? query : { ...query, path: decodeURIComponent(pathname) };
}

function bodyParameters({ body }: RawCall): Record<string, string> {
  // The provider keeps an object's content out of the log.
  if (body === "" || body.startsWith("[Redacted")) return {};
  if (body.startsWith("{")) return flatten(JSON.parse(body) as unknown);
  if (body.startsWith("<")) return xmlTags(body);
  const fields = new URLSearchParams(body);
  fields.delete("Action");
  fields.delete("Version");
  return Object.fromEntries(fields);
}

function xmlTags(body: string): Record<string, string> {
  const pairs = [...body.matchAll(/<Tag><Key>([^<]*)<\/Key><Value>([^<]*)<\/Value><\/Tag>/gu)];
  return Object.fromEntries(pairs.map(([, key = "", value = ""]) => [`Tags.${key}`, value]));
}

function flatten(value: unknown, at = ""): Record<string, string> {
  if (typeof value !== "object" || value === null) return { [at]: String(value) };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, item]) => flatten(item, at === "" ? key : `${at}.${key}`)),
  ) as Record<string, string>;
}

/** A recording as text: a line for each call, so that differences can be read. */
export function compact(recording: Recording): string {
  const { stacks, ...head } = recording;
  const texts = stacks.map(({ calls, ...stack }) => {
    const lines = calls.map((call) => `    ${JSON.stringify(call)}`);
    return `  ${JSON.stringify(stack).slice(0, -1)},"calls":[\n${lines.join(",\n")}\n  ]}`;
  });
  return `${JSON.stringify(head).slice(0, -1)},"stacks":[\n${texts.join(",\n")}\n]}\n`;
}
