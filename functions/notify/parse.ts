import { type Announcement, ANNOUNCEMENT_KINDS, SEVERITIES } from "../../modules/contract";

/** Reads a message of the queue; `undefined` when it is no announcement. */
export function parseAnnouncement(body: string): Announcement | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (value === null || typeof value !== "object") return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const texts = ["id", "partner", "environment", "at"].every(
    (name) => typeof record[name] === "string" && record[name] !== "",
  );
  const known =
    record["schemaVersion"] === 1 &&
    (ANNOUNCEMENT_KINDS as readonly unknown[]).includes(record["kind"]) &&
    (SEVERITIES as readonly unknown[]).includes(record["severity"]);
  const digest = record["specDigest"];
  const pathParts =
    // Both become parts of a key of the ledger.
    !String(record["partner"]).includes("/") &&
    (digest === undefined || (typeof digest === "string" && /^[0-9a-f]{64}$/u.test(digest)));
  return texts && known && pathParts ? (value as Announcement) : undefined;
}
