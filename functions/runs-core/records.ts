import type { ClaimRecord, IntentRecord, SubmittedRecord } from "../../modules/contract";
import { PermanentError } from "./errors";
import { isRecord, shown } from "./json";

/** Reads a claim of the ledger; `key` is for the message when it is none. */
export const readClaim = (key: string, body: string): ClaimRecord =>
  read(key, body, {
    partner: "string",
    orderKey: "string",
    attempt: "number",
    orderId: "string",
    chain: "chain",
    source: "object",
    trigger: "string",
    specDigest: "string",
    jobDefinitionRevisions: "object",
    nonce: "string",
    claimedAt: "instant",
  }) as unknown as ClaimRecord;

/** Reads an intent of the ledger. */
export const readIntent = (key: string, body: string): IntentRecord =>
  read(key, body, {
    jobName: "string",
    nonce: "string",
    leaseUntil: "instant",
    takeovers: "number",
  }) as unknown as IntentRecord;

/** Reads a submission record of the ledger. */
export const readSubmitted = (key: string, body: string): SubmittedRecord =>
  read(key, body, { jobId: "string" }) as unknown as SubmittedRecord;

type FieldType = "string" | "number" | "object" | "instant" | "chain";

function read(
  key: string,
  body: string,
  fields: Readonly<Record<string, FieldType>>,
): Readonly<Record<string, unknown>> {
  const broken = (why: string): PermanentError =>
    new PermanentError(
      `the ledger's ${shown(key, 2000)} ${why}; it was not written by this version, look at it by hand`,
    );
  let record: unknown;
  try {
    record = JSON.parse(body);
  } catch {
    throw broken("is no JSON");
  }
  if (!isRecord(record)) throw broken("is no object");
  if (record["schemaVersion"] !== 1)
    throw broken(`has the schema version ${shown(record["schemaVersion"])}, known is 1`);
  for (const [name, type] of Object.entries(fields))
    if (!isOf(type, record[name]))
      throw broken(`has ${shown(record[name])} as ${name}, where ${TYPE_WORDS[type]} must be`);
  return record;
}

const TYPE_WORDS: Readonly<Record<FieldType, string>> = {
  string: "a text",
  number: "a number",
  object: "an object",
  instant: "an instant",
  chain: '"order" or "discovery"',
};

function isOf(type: FieldType, value: unknown): boolean {
  if (type === "object") return isRecord(value);
  if (type === "chain") return value === "order" || value === "discovery";
  if (type === "instant") return typeof value === "string" && !Number.isNaN(Date.parse(value));
  return typeof value === type;
}
