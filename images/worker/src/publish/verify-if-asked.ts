import type { Manifest } from "../../../../modules/contract";
import type { StepContext } from "../step/context";
import type { Target } from "../upload/target";
import { verifyObjects, type KeysOf } from "./verify-objects";

/** Compares a delivery that was there already by checksum, where the command asks for it. */
export async function verifyIfAsked(
  { config, log, record }: StepContext,
  target: Target,
  { files }: Manifest,
  keysOf: KeysOf = "delivery",
): Promise<void> {
  if (!config.verify) return;
  const { verified, read, replaced } = await verifyObjects(target, files, log, keysOf);
  Object.assign(record.counts, { verified, verifiedByReading: read });
  if (keysOf === "shared") record.counts["replacedSince"] = replaced;
  log.info("the objects have the checksums that the manifest tells", { verified, read, replaced });
}
