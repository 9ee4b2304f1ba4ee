import { type LedgerReader, parseKey } from "../../modules/ledger";

/**
 * Reads each object of a ledger once, for those who look at a run again and again: facts are added and never changed. An
 * intent is the exception, it may be taken over, and is read anew each time.
 */
export function cachedLedger(ledger: LedgerReader): LedgerReader {
  const known = new Map<string, string>();
  return {
    list: (prefix, after) => ledger.list(prefix, after),
    get: async (key) => {
      const before = known.get(key);
      if (before !== undefined) return before;
      const body = await ledger.get(key);
      if (body !== undefined && parseKey(key)?.kind !== "intent") known.set(key, body);
      return body;
    },
  };
}
