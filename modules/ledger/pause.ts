import { pausesPrefix, type PauseWord } from "../contract";
import { allKeys, type LedgerReader } from "./reader";

/** The last that a person said about a partner as a whole, as its key tells it. */
export interface PauseState {
  readonly word: PauseWord;
  /** Key of the record, which tells who said it and why. */
  readonly key: string;
  /** ISO 8601 instant. */
  readonly at: string;
}

const KEY =
  /\/(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z-[^/.]+\.(paused|resumed)\.json$/u;

/** Tells whether a partner is paused: by keys alone. `undefined` where nobody ever paused it. */
export async function pauseState(
  reader: Pick<LedgerReader, "list" | "get">,
  partner: string,
): Promise<PauseState | undefined> {
  let state: PauseState | undefined;
  for (const key of await allKeys(reader, pausesPrefix(partner))) {
    const [, year, month, day, hour, minute, second, ms, word] = KEY.exec(key) ?? [];
    if (word === undefined) continue;
    const at = `${year ?? ""}-${month ?? ""}-${day ?? ""}T${hour ?? ""}:${minute ?? ""}:${second ?? ""}.${ms ?? ""}Z`;
    state = { word: word as PauseWord, key, at };
  }
  return state;
}
