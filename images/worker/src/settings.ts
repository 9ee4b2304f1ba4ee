import type {
  DeliverSettings,
  MergeSettings,
  PublishSettings,
  StepSettings,
  UnpackSettings,
} from "../../../modules/contract";

/** The verbs of the worker: the first argument of its command. */
export const VERBS = ["fetch", "publish", "deliver", "list", "unpack", "process", "merge"] as const;

/** A verb of the worker. */
export type Verb = (typeof VERBS)[number];

/** Settings of the steps that write a manifest. */
export type DeliveringSettings = PublishSettings | DeliverSettings | UnpackSettings | MergeSettings;

/** Tells whether a step writes a manifest. */
export const isDelivering = (settings: StepSettings): settings is DeliveringSettings =>
  ["publish", "deliver", "unpack", "merge"].includes(settings.kind);

type Check = (value: unknown) => string | undefined;

const text: Check = (value) =>
  typeof value === "string" && value !== "" ? undefined : "a text that is not empty";
const anyText: Check = (value) => (typeof value === "string" ? undefined : "a text");
const count =
  (min: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= min
      ? undefined
      : `a whole number of at least ${String(min)}`;
const positive: Check = (value) =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? undefined : "a number above 0";
const listOf =
  (item: Check, what: string, min = 0): Check =>
  (value) =>
    Array.isArray(value) && value.length >= min && value.every((v) => item(v) === undefined)
      ? undefined
      : what;

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

const PROGRAM = {
  program: listOf(anyText, "a list of texts: the program and its arguments", 1),
  noProgressSeconds: positive,
  tryLaterCodes: listOf(count(0), "a list of exit codes"),
} satisfies Record<string, Check>;

const prefix: Check = (value) =>
  typeof value === "string" && (value === "" || (value.endsWith("/") && !value.startsWith("/")))
    ? undefined
    : "empty, or a text that ends in / and does not begin with /";
const flag: Check = (value) => (typeof value === "boolean" ? undefined : "true or false");
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string) ? undefined : `one of ${values.join(", ")}`;

const ifTaken = oneOf("fail", "overwrite", "skip");

const stable = listOf((value) => {
  const { key, file } = (value ?? {}) as Record<string, unknown>;
  return text(key) ?? text(file);
}, "a list of objects with key and file");

const TARGET = {
  bucket: text,
  prefix,
  checksumFiles: listOf(text, "a list of file name patterns"),
  batchManifests: optional(listOf(text, "a list of file name patterns")),
  minFiles: count(0),
  maxFiles: optional(count(1)),
  minBytes: optional(count(0)),
  maxBytes: optional(count(1)),
  requiredFiles: optional(listOf(text, "a list of file name patterns")),
  beforePublish: optional(listOf(anyText, "a list of texts: the program and its arguments", 1)),
  quarantine: optional(flag),
  ifTaken: optional(ifTaken),
  stable: optional(stable),
} satisfies Record<string, Check>;

const UNPACK = {
  bucket: text,
  prefix,
  files: prefix,
  ifTaken,
  nameEncoding: oneOf("auto", "utf-8", "cp437", "cp949"),
  caseInsensitive: flag,
  minFiles: count(0),
  verifyFirst: flag,
  maxEntries: count(1),
  maxEntryBytes: count(1),
  maxTotalBytes: count(1),
  maxRatio: positive,
  staged: optional((value) => {
    const { file, checksumFiles } = (value ?? {}) as Record<string, unknown>;
    const fault = text(file) ?? listOf(text, "a list")(checksumFiles);
    return fault === undefined ? undefined : "an object with file and checksumFiles";
  }),
} satisfies Record<string, Check>;

const input: Check = (value) => {
  const { from, bucket, prefix: below } = (value ?? {}) as Record<string, unknown>;
  return (from === "list" || from === "manifest") &&
    text(bucket) === undefined &&
    prefix(below) === undefined
    ? undefined
    : 'an object with from ("list" or "manifest"), bucket and prefix';
};

const PROCESS = {
  ...PROGRAM,
  input,
  per: oneOf("file", "slice"),
  parallel: count(1),
  scratchFactor: positive,
  bucket: text,
  prefix,
} satisfies Record<string, Check>;

const SHAPES: Readonly<Record<Verb, Readonly<Record<string, Check>>>> = {
  fetch: PROGRAM,
  publish: TARGET,
  deliver: { ...PROGRAM, ...TARGET },
  list: { ...PROGRAM, triggerFunction: text, maxOrders: count(1) },
  unpack: UNPACK,
  process: PROCESS,
  merge: { bucket: text, prefix, minFiles: count(0), stable: optional(stable) },
};

/** What {@link parseSettings} found. */
export type ParsedSettings =
  { readonly settings: StepSettings } | { readonly faults: readonly string[] };

/**
 * Reads the step's settings from their JSON. The emitter has checked them; this only tells a damaged or outdated job
 * definition in words, rather than failing in the middle of the work.
 */
export function parseSettings(json: string, verb: Verb): ParsedSettings {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { faults: ["is no JSON"] };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { faults: ["must be a JSON object"] };
  const given = value as Record<string, unknown>;
  if (given["kind"] !== verb) {
    const kind = JSON.stringify(given["kind"]) as string | undefined;
    return {
      faults: [`kind must be ${JSON.stringify(verb)} like the verb, got ${kind ?? "nothing"}`],
    };
  }
  const faults = Object.entries(SHAPES[verb]).flatMap(([name, check]) => {
    const wanted = check(given[name]);
    const got = JSON.stringify(given[name]) as string | undefined;
    return wanted === undefined ? [] : [`${name} must be ${wanted}, got ${got ?? "nothing"}`];
  });
  // Every property of the verb was checked just now, which the compiler can not see.
  return faults.length > 0 ? { faults } : { settings: value as StepSettings };
}
