import type { KeyIndex } from "./key-index";

/** What a listing goes through. */
export interface WalkOptions {
  readonly prefix: string;
  /** Keys that share their text up to this after the prefix are one group; empty for none. */
  readonly delimiter: string;
  /** Begins after this key; empty for the beginning. */
  readonly after: string;
  /** Whether `after` itself is still wanted. */
  readonly inclusive?: boolean;
  /** A group that was listed already, to be passed over. */
  readonly afterGroup?: string | undefined;
  /** Keys that do not count, alone or in groups. */
  readonly accept: (key: string) => boolean;
}

/** One entry of a listing. */
export type WalkEntry =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "group"; readonly group: string };

/** Goes through keys in order. A group costs two searches, however many keys it has. */
export function* walk(keys: KeyIndex, options: WalkOptions): Generator<WalkEntry> {
  const { prefix, delimiter, after, afterGroup, accept } = options;
  let index = keys.firstFrom(prefix);
  if (after !== "")
    index = Math.max(
      index,
      options.inclusive === true ? keys.firstFrom(after) : keys.firstAfter(after),
    );
  if (afterGroup !== undefined)
    index = Math.max(index, keys.endOfPrefix(afterGroup, keys.firstFrom(afterGroup)));
  for (let key = keys.at(index); key?.startsWith(prefix) === true; key = keys.at(index)) {
    if (!accept(key)) {
      index += 1;
      continue;
    }
    const group = groupOf(key, prefix, delimiter);
    if (group === undefined) {
      yield { kind: "key", key };
      index += 1;
    } else {
      yield { kind: "group", group };
      index = keys.endOfPrefix(group, index);
    }
  }
}

/** The group that a key belongs to, if any. */
export function groupOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "") return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.slice(0, at + delimiter.length);
}
