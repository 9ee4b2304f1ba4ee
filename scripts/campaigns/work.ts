import type { ExitCodeName, StepSettings } from "../../modules/contract";
import type { OrderFile } from "./order";

/**
 * What the workers of a campaign do: fetch and publish an order, put one into quarantine because a checksum of its own
 * does not hold, or unpack an archive.
 */
export type Work = "deliver" | "quarantine" | "unpack";

/** All of them, in the order in which runs take turns. */
export const WORKS: readonly Work[] = ["deliver", "quarantine", "unpack"];

/** How a step ends that has done its work. */
export const GOOD_END: Readonly<Record<Work, ExitCodeName>> = {
  deliver: "ok",
  quarantine: "badDelivery",
  unpack: "ok",
};

/** The file whose checksum is wrong in an order that ends in quarantine. */
export const wrongFile = (files: readonly OrderFile[]): string => files[0]?.path ?? "";

/** The step. */
export function settingsOf(work: Work): StepSettings {
  const target = { bucket: "landing", prefix: "in/", minFiles: 1 };
  return work === "unpack"
    ? {
        kind: "unpack",
        ...target,
        files: "",
        ifTaken: "fail",
        nameEncoding: "auto",
        caseInsensitive: false,
        verifyFirst: false,
        maxEntries: 1000,
        maxEntryBytes: 1024 ** 3,
        maxTotalBytes: 1024 ** 3,
        // The content repeats itself.
        maxRatio: 5000,
      }
    : {
        kind: "deliver",
        ...target,
        program: ["/opt/partner/program"],
        noProgressSeconds: 30,
        tryLaterCodes: [],
        checksumFiles: ["*.md5"],
      };
}

/** The message of the last line of a worker's log. */
export function lastMessage(text: string): string {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  try {
    return (JSON.parse(line) as { message?: string }).message ?? line;
  } catch {
    return line;
  }
}
