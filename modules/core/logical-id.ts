import type { TerraformElement } from "cdktf";
import { AssumptionError } from "./errors";

/** What a readable logical id looks like: the second part of a Terraform address. */
export const LOGICAL_ID_PATTERN = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/u;

/**
 * Gives a resource its readable logical id and returns it. To be called before any attribute is read: cdktf ignores a
 * later one without a word.
 */
export function withLogicalId<T extends TerraformElement>(element: T, id: string): T {
  if (!LOGICAL_ID_PATTERN.test(id))
    throw new AssumptionError(`${JSON.stringify(id)} is no logical id (at ${element.node.path})`);
  element.overrideLogicalId(id);
  return element;
}

/** `universal-music`, `byHand` and `MountStaging` as parts of a logical id: `universal_music`, `mount_staging`. */
export function snakeCase(text: string): string {
  return text
    .replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)
    .replace(/-/gu, "_")
    .replace(/^_/u, "");
}
