import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** Numbers that look random and are the same for the same seed. */
export type Random = () => number;

/** Starts them. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A file of the order: its content follows from path and size alone. */
export interface OrderFile {
  readonly path: string;
  readonly size: number;
}

const MIB = 1024 * 1024;

/** An order of a few small files and one or two that are sent in parts. */
export function makeOrder(random: Random): readonly OrderFile[] {
  const small = Array.from({ length: 3 + Math.floor(random() * 20) }, (_, index) => ({
    path: `texts/${String(index)}.txt`,
    size: Math.floor(random() * 40_000),
  }));
  const large = Array.from({ length: 1 + Math.floor(random() * 2) }, (_, index) => ({
    path: `masters/${String(index)}.wav`,
    size: Math.floor((8.5 + random() * 24) * MIB),
  }));
  return [...small, ...large, { path: "empty", size: 0 }];
}

/**
 * The partner's program of a campaign: writes the order's files, keeps those that are whole, and so goes on where it
 * was killed. Plain Node, for the container's own program is none of the worker's TypeScript.
 */
export const PROGRAM = `
const fs = require("node:fs"), path = require("node:path"), crypto = require("node:crypto");
const content = (file) => {
  const block = crypto.createHash("sha512").update(file.path).digest();
  return Buffer.alloc(file.size, block);
};
const sums = [];
const { files, wrong } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
for (const file of files) {
  const body = content(file);
  const summed = file.path === wrong ? "something else" : body;
  sums.push(crypto.createHash("md5").update(summed).digest("hex") + "  " + file.path);
  fs.mkdirSync(path.dirname(file.path), { recursive: true });
  if (fs.existsSync(file.path) && fs.statSync(file.path).size === file.size) continue;
  fs.writeFileSync(file.path, body);
}
fs.writeFileSync("checksums.md5", sums.join("\\n") + "\\n");
`;

/** The content that the program writes. */
export function contentOf(file: OrderFile): Buffer {
  return Buffer.alloc(file.size, createHash("sha512").update(file.path).digest());
}

/** The same files as an archive; half of them deflated. */
export async function zipOf(files: readonly OrderFile[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [index, file] of files.entries())
    zip.addBuffer(contentOf(file), file.path, { compress: index % 2 === 0, mtime: new Date(0) });
  zip.end();
  return buffer(zip.outputStream);
}
