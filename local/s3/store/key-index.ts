// Without the flag `u`: it is the halves of surrogate pairs that are looked for.
const NEEDS_BYTES = /[\ud800-\uffff]/;

/** Compares keys as S3 lists them: by their UTF-8 bytes, which differs from JavaScript's order above U+D7FF. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  if (NEEDS_BYTES.test(a) && NEEDS_BYTES.test(b))
    return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
  return a < b ? -1 : 1;
}

/** Keys in order. */
export class KeyIndex {
  readonly #keys: string[] = [];

  get size(): number {
    return this.#keys.length;
  }

  at(index: number): string | undefined {
    return this.#keys[index];
  }

  add(key: string): void {
    const index = this.firstFrom(key);
    if (this.#keys[index] !== key) this.#keys.splice(index, 0, key);
  }

  delete(key: string): void {
    const index = this.firstFrom(key);
    if (this.#keys[index] === key) this.#keys.splice(index, 1);
  }

  /** Index of the first key that is not before a text. */
  firstFrom(text: string): number {
    return this.#search(0, (key) => compareKeys(key, text) >= 0);
  }

  /** Index of the first key that is after a text. */
  firstAfter(text: string): number {
    return this.#search(0, (key) => compareKeys(key, text) > 0);
  }

  /** Index of the first key at or after `from` that does not begin with a prefix that the key at `from` begins with. */
  endOfPrefix(prefix: string, from: number): number {
    return this.#search(from, (key) => !key.startsWith(prefix));
  }

  #search(from: number, holds: (key: string) => boolean): number {
    let low = from;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.#keys[middle] ?? "")) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
