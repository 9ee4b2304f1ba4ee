import { createCipheriv, createHash } from "node:crypto";

/** A file that the label delivers. */
export interface LabelFile {
  readonly path: string;
  readonly content: Buffer;
}

/** An order of the label. */
export interface LabelOrder {
  readonly id: string;
  /** Day on which the label made it available, `YYYY-MM-DD`. */
  readonly day: string;
  readonly files: readonly LabelFile[];
}

/** Bytes that look random, and are the same for the same name on every machine. */
export function contentOf(name: string, size: number): Buffer {
  const key = createHash("sha256").update(name).digest().subarray(0, 16);
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

/** The order that a run takes when it is told no other. */
export const DEFAULT_ORDER = "TEST-ORDER-1";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Two test orders, as the label gave at the start, and one that has only a name in common with them. */
export function demoOrders(): readonly LabelOrder[] {
  return [
    order(DEFAULT_ORDER, "2026-03-01", {
      "release.xml": 6 * KIB,
      "audio/01 Prelude.wav": 20 * MIB,
      "audio/02 Été à Séoul.flac": 3 * MIB,
      "audio/03 봄날.flac": 2 * MIB + 1,
      "artwork/cover.jpg": 700 * KIB,
      "artwork/booklet/page 1.png": 90 * KIB,
      "notes/empty.txt": 0,
    }),
    order("TEST-ORDER-2", "2026-03-02", {
      "release.xml": 2 * KIB,
      "audio/01.flac": 8 * MIB,
    }),
    order("TEST-ORDER-1/bonus", "2026-03-03", { "release.xml": 1 * KIB }),
  ];
}

function order(id: string, day: string, sizes: Readonly<Record<string, number>>): LabelOrder {
  const files = Object.entries(sizes).map(([path, size]) => ({
    path,
    content: contentOf(`${id}/${path}`, size),
  }));
  return { id, day, files };
}
