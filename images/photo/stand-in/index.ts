import { deflateSync } from "node:zlib";
import { shellQuoted } from "../../shell-quoted";
import type { RunningStandIn, StandIn } from "../../stand-in";

/** Where the image holds the program. */
export const DEVELOP_PATH = "/opt/photo/bin/develop";

/** A month of the archive. */
const DEFAULT_ORDER = "2026-03";
const PHOTOS = 60;

/** The photo host, which uploads raw photos and then the list of them; and the program, without libvips. */
export const standIn: StandIn = { start };

function start(): Promise<RunningStandIn> {
  return Promise.resolve({
    environment: {},
    root: { [DEVELOP_PATH]: developScript() },
    defaultOrder: DEFAULT_ORDER,
    objects: (month) => Promise.resolve(photosOf(month)),
    object: (month) => Promise.resolve(listOf(month)),
    runtime: "node",
    close: () => Promise.resolve(),
  });
}

/** Raw photos of a month by their keys; some names as people give them. */
export function photosOf(month: string): Readonly<Record<string, Buffer>> {
  return Object.fromEntries(
    Array.from({ length: PHOTOS }, (_, index) => {
      const name = index % 10 === 3 ? `가족 사진 ${String(index)}.raw` : `IMG_${String(index)}.raw`;
      return [
        `raw/${month}/${name}`,
        deflateSync(Buffer.from(`${month} ${String(index)}`.repeat(500))),
      ];
    }),
  );
}

/** The list that is dropped last. */
export function listOf(month: string): Buffer {
  return Buffer.from(
    Object.entries(photosOf(month))
      .map(([key, { length: size }]) => `${JSON.stringify({ key, size })}\n`)
      .join(""),
  );
}

/**
 * A program that makes two results of a photo: its checksum and its length stand for the pictures. It runs in Node, for a
 * machine with Node alone has no `cksum`.
 */
function developScript(): string {
  const program = [
    'const fs = require("node:fs");',
    'const path = require("node:path");',
    "const [photo, directory] = process.argv.slice(1);",
    "const bytes = fs.readFileSync(photo);",
    "const result = path.join(directory, path.basename(photo));",
    'const checksum = require("node:crypto").createHash("sha256").update(bytes).digest("hex");',
    "fs.writeFileSync(`${result}.preview.jpg`, `${checksum}\\n`);",
    "fs.writeFileSync(`${result}.thumb.jpg`, `${bytes.length}\\n`);",
  ].join(" ");
  return [
    "#!/bin/sh",
    `exec ${shellQuoted(process.execPath)} -e ${shellQuoted(program)} "$@"`,
    "",
  ].join("\n");
}
