import {
  runPrefix,
  type ActionRecord,
  type ClaimRecord,
  type IntentRecord,
  type JobStatusRecord,
  type RetryPlan,
  type RunRef,
  type StepReport,
  type SubmittedRecord,
} from "../contract";
import { parseKey, type ParsedKey } from "./keys";
import { allKeys, type LedgerReader } from "./reader";

/** One object of the ledger. */
export interface LedgerObject {
  readonly key: string;
  readonly body: string;
}

/** One thing that happened to a run. */
export type Fact =
  | { readonly kind: "claim"; readonly record: ClaimRecord }
  | { readonly kind: "retry"; readonly record: RetryPlan }
  | { readonly kind: "action"; readonly record: ActionRecord }
  | { readonly kind: "intent"; readonly record: IntentRecord }
  | { readonly kind: "submitted"; readonly record: SubmittedRecord }
  | { readonly kind: "status"; readonly record: JobStatusRecord }
  | { readonly kind: "report"; readonly record: StepReport };

/** Fields without which a fact tells nothing, and their types. What the key tells is not asked of the body. */
const NEEDED: Readonly<Record<Fact["kind"], Readonly<Record<string, string>>>> = {
  claim: {
    orderId: "string",
    chain: "string",
    source: "object",
    jobDefinitionRevisions: "object",
    specDigest: "string",
    claimedAt: "string",
  },
  retry: { notBefore: "string", earlier: "number" },
  action: { action: "string", at: "string" },
  intent: { leaseUntil: "string", nonce: "string" },
  submitted: { jobId: "string", jobQueue: "string", submittedAt: "string" },
  status: { attempts: "object", at: "string" },
  report: { outcome: "string", endedAt: "string" },
};

/**
 * Reads one object of a run.
 *
 * @returns the fact; a text when the object is none, though its key says so; `undefined` for keys that are no facts of
 * a run (locks, other prefixes, kinds that a later version added)
 */
export function readFact({ key, body }: LedgerObject): Fact | string | undefined {
  const parsed = parseKey(key);
  if (parsed === undefined || !isFactKey(parsed)) return undefined;
  let record: unknown;
  try {
    record = JSON.parse(body);
  } catch {
    return `${JSON.stringify(key)} is no JSON`;
  }
  if (typeof record !== "object" || record === null || Array.isArray(record))
    return `${JSON.stringify(key)} is no object`;
  const fields = record as Readonly<Record<string, unknown>>;
  for (const [name, type] of Object.entries(NEEDED[parsed.kind]))
    if (typeof fields[name] !== type || fields[name] === null)
      return `${JSON.stringify(key)} has ${fields[name] === undefined ? "nothing" : JSON.stringify(fields[name])} as ${name}, where a value of type ${type} must be`;
  // Where a fact lies is what it is about: a body can not claim to be of another run.
  const about = "step" in parsed ? parsed.step : parsed.run;
  const own = parsed.kind === "status" ? { jobId: parsed.jobId, status: parsed.status } : {};
  return { kind: parsed.kind, record: { ...fields, ...about, ...own } } as unknown as Fact;
}

type FactKey = Extract<ParsedKey, { readonly kind: Fact["kind"] }>;

const isFactKey = (parsed: ParsedKey): parsed is FactKey => parsed.kind in NEEDED;

/** How many objects of a run are read at a time. */
const READS = 16;

/**
 * Reads everything of a run that {@link readFact} knows. An array job with many children has as many reports.
 *
 * @param wanted - tells by the key which facts are read, all where it is left out
 */
export async function readRun(
  reader: LedgerReader,
  run: RunRef,
  wanted: (parsed: ParsedKey) => boolean = () => true,
): Promise<LedgerObject[]> {
  const keys = (await allKeys(reader, runPrefix(run))).filter((key) => {
    const parsed = parseKey(key);
    return parsed !== undefined && isFactKey(parsed) && wanted(parsed);
  });
  const objects: LedgerObject[] = [];
  for (let at = 0; at < keys.length; at += READS) {
    const bodies = await Promise.all(
      keys.slice(at, at + READS).map(async (key) => ({ key, body: await reader.get(key) })),
    );
    for (const { key, body } of bodies) if (body !== undefined) objects.push({ key, body });
  }
  return objects;
}

/** Lists the attempts of an order that are in the ledger, ascending. */
export async function attemptsOf(
  reader: LedgerReader,
  partner: string,
  orderKey: string,
): Promise<number[]> {
  const prefix = `${partner}/runs/${orderKey}/`;
  const attempts = new Set<number>();
  for (const key of await allKeys(reader, prefix)) {
    const parsed = parseKey(key);
    if (parsed?.kind === "claim") attempts.add(parsed.run.attempt);
  }
  return [...attempts].sort((a, b) => a - b);
}
