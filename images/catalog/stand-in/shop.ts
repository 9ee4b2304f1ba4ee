import { createHash } from "node:crypto";

/** What the shop tells of a product. */
export interface Product {
  readonly id: string;
  readonly title: string;
  readonly price: string;
  readonly link: string;
  readonly image: string;
  readonly soldOut?: boolean;
}

/** Products of which every tenth is sold out; titles as people write them, tabs and line breaks included. */
export function productsOf(count: number): readonly Product[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `P-${String(index)}`,
    title: index % 10 === 3 ? `겨울\t코트\n${String(index)}` : `Coat ${String(index)}`,
    price: `${String(10_000 + index)} KRW`,
    link: `https://shop.example/p/${String(index)}`,
    image: `images/${String(index % 7)}.jpg`,
    ...(index % 10 === 9 ? { soldOut: true } : {}),
  }));
}

/** The files of a catalog, by path. */
export function catalogOf(count: number): Readonly<Record<string, Buffer>> {
  const lines = productsOf(count).map((product) => `${JSON.stringify(product)}\n`);
  return {
    "catalog.jsonl": Buffer.from(lines.join("")),
    ...Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [
        `images/${String(index)}.jpg`,
        // Two products have the same picture under two names.
        Buffer.from(`picture ${String(index % 6)} `.repeat(100)),
      ]),
    ),
  };
}

/** Hex SHA-256 of a file. */
export const sha256Of = (content: Buffer): string =>
  createHash("sha256").update(content).digest("hex");
