import { unpackLimits } from "../config";
import type { PublishTarget, StepSettings } from "../contract";
import { mergeSettings, processSettings } from "./process-settings";
import { bucketOf, type ResolvedPartner, type ResolvedStep } from "./resolved-partner";
import { stableSettings } from "./stable-keys";

/** What the worker is told about a step. */
export function stepSettings(resolved: ResolvedPartner, step: ResolvedStep): StepSettings {
  const { settings } = step;
  switch (settings.kind) {
    case "fetch":
      return { kind: "fetch", ...program(settings) };
    case "publish":
      return { kind: "publish", ...target(resolved, settings) };
    case "deliver":
      return { kind: "deliver", ...program(settings), ...target(resolved, settings) };
    case "list":
      return {
        kind: "list",
        ...program(settings),
        triggerFunction: resolved.naming.name("function", resolved.partner.id, "trigger"),
        maxOrders: settings.maxOrders,
      };
    case "unpack":
      return {
        kind: "unpack",
        bucket: bucketOf(resolved, settings.to).name,
        prefix: settings.prefix,
        files: settings.files,
        ifTaken: settings.ifTaken,
        nameEncoding: settings.nameEncoding,
        caseInsensitive: settings.caseInsensitive,
        minFiles: settings.minFiles,
        // Below the delivery's own keys nobody reads before the manifest, and reading a large archive once is enough.
        verifyFirst: settings.verifyFirst ?? settings.files !== "",
        ...unpackLimits(settings.limits),
        ...(settings.from === undefined
          ? {}
          : { staged: { file: settings.from.file, checksumFiles: settings.from.checksumFiles } }),
      };
    case "process":
      return { ...processSettings(resolved, settings), ...program(settings) };
    case "merge":
      return mergeSettings(resolved, settings);
  }
}

type Of<K extends string> = Extract<ResolvedStep["settings"], { kind: K }>;

const program = ({
  program,
  noProgressSeconds,
  tryLaterCodes,
}: Of<"fetch" | "deliver" | "list" | "process">): Pick<
  Of<"fetch">,
  "program" | "noProgressSeconds" | "tryLaterCodes"
> => ({ program, noProgressSeconds, tryLaterCodes });

const target = (resolved: ResolvedPartner, settings: Of<"publish" | "deliver">): PublishTarget => {
  const { to, prefix, checksumFiles, batchManifests, minFiles } = settings;
  const { maxFiles, minBytes, maxBytes, requiredFiles, beforePublish, quarantine, ifTaken } =
    settings;
  return {
    bucket: bucketOf(resolved, to).name,
    prefix,
    checksumFiles,
    minFiles,
    ...(batchManifests === undefined ? {} : { batchManifests }),
    // Told only where they are set: what is left out stays out of the job definition.
    ...(maxFiles === undefined ? {} : { maxFiles }),
    ...(minBytes === undefined ? {} : { minBytes }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(requiredFiles === undefined ? {} : { requiredFiles }),
    ...(beforePublish === undefined ? {} : { beforePublish }),
    ...(quarantine === undefined ? {} : { quarantine }),
    ...(ifTaken === undefined ? {} : { ifTaken }),
    ...stableSettings(settings),
  };
};
