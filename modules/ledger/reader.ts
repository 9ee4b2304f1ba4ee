/** One answer of a listing. */
export interface ListedPage {
  /** Keys in the order of their UTF-8 bytes. */
  readonly keys: readonly string[];
  /** Give it as `after` to go on; missing on the last page. */
  readonly next?: string | undefined;
}

/** Reads the ledger, wherever it lies: S3, or the state of a local run. */
export interface LedgerReader {
  /** Lists keys that begin with `prefix` and sort behind `after`: one request. */
  list(prefix: string, after?: string): Promise<ListedPage>;
  /** Reads an object's text, or tells that there is none. */
  get(key: string): Promise<string | undefined>;
}

/** Lists every key that begins with `prefix`. */
export async function allKeys(reader: LedgerReader, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let after: string | undefined;
  do {
    const page: ListedPage = await reader.list(prefix, after);
    keys.push(...page.keys);
    after = page.next;
  } while (after !== undefined);
  return keys;
}
