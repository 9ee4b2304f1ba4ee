import type { MergeSettings, ProcessInput, ProcessSettings, StepSpec } from "../contract";
import { bucketOf, type ResolvedPartner, type ResolvedStep } from "./resolved-partner";
import { stableSettings } from "./stable-keys";

type Of<K extends string> = Extract<ResolvedStep["settings"], { kind: K }>;

/** What the worker is told about a step that works on many files, its program apart. */
export function processSettings(
  resolved: ResolvedPartner,
  { input, per, parallel, scratchFactor, to, prefix }: Of<"process">,
): Pick<
  ProcessSettings,
  "kind" | "input" | "per" | "parallel" | "scratchFactor" | "bucket" | "prefix"
> {
  return {
    kind: "process",
    input: inputOf(resolved, input),
    per,
    parallel,
    scratchFactor,
    bucket: bucketOf(resolved, to).name,
    prefix,
  };
}

function inputOf(resolved: ResolvedPartner, input: Of<"process">["input"]): ProcessInput {
  if (input.from === "list")
    return {
      from: "list",
      bucket: bucketOf(resolved, input.bucket).name,
      prefix: input.prefix,
    };
  const source = resolved.partner.steps[input.step];
  // The partner file was checked: the step is one that delivers.
  if (source === undefined || !("to" in source))
    throw new Error(`step ${JSON.stringify(input.step)} delivers nothing`);
  return {
    from: "manifest",
    bucket: bucketOf(resolved, source.to).name,
    prefix: source.prefix,
  };
}

/** The step whose parts a merge puts together. */
export function mergedStep({ partner }: ResolvedPartner, { after }: Of<"merge">): Of<"process"> {
  const found = after.map((name) => partner.steps[name]).find((step) => step?.kind === "process");
  if (found?.kind !== "process") throw new Error("a merge comes after a step of kind process");
  return found;
}

/** What the worker is told about a merge. */
export function mergeSettings(resolved: ResolvedPartner, settings: Of<"merge">): MergeSettings {
  const { to, prefix } = mergedStep(resolved, settings);
  return {
    kind: "merge",
    bucket: bucketOf(resolved, to).name,
    prefix,
    minFiles: settings.minFiles,
    ...stableSettings(settings),
  };
}

/** Into how many children the step's job is cut; nothing for a job that is no array. */
export function arrayOf(
  settings: ResolvedStep["settings"],
): Pick<StepSpec, "arraySize" | "arrayFiles"> {
  if (settings.kind !== "process") return {};
  const { children } = settings;
  if (typeof children === "object")
    return { arrayFiles: { perChild: children.filesPerChild, max: children.max } };
  // Batch refuses an array of one.
  return children < 2 ? {} : { arraySize: children };
}
