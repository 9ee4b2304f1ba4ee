import { deflateRawSync } from "node:zlib";
import { buildZip, end64, field, numbers64, type BuiltEnd, type BuiltEntry } from "./zip-builder";

/** A zip that must be refused, and words of the reason. */
export type HostileZip = readonly [name: string, archive: () => Buffer, reason: string];

const good: BuiltEntry = { name: "good.txt" };
const one =
  (entry: BuiltEntry, end?: BuiltEnd): (() => Buffer) =>
  () =>
    buildZip([good, entry], end);
const ended = (end: BuiltEnd): (() => Buffer) => one({ name: "b.txt" }, end);
const cut =
  (bytes: number): (() => Buffer) =>
  () => {
    const zip = buildZip([good, { name: "b.txt" }]);
    return zip.subarray(0, bytes < 0 ? zip.length + bytes : bytes);
  };
const named = (name: string | Buffer, reason: string): HostileZip => [
  `the name ${JSON.stringify(name.toString().slice(0, 40))}`,
  one({ name }),
  reason,
];
const maxed = { entries: 0xffff, size: 0xffffffff, offset: 0xffffffff };
const zeros = Buffer.alloc(70 * 1024 * 1024);
const bomb = (): BuiltEntry => ({ name: "bomb", content: zeros });

const NAMES: readonly HostileZip[] = [
  named("../up.txt", 'leads out of the archive with ".."'),
  named("a/../../up.txt", 'leads out of the archive with ".."'),
  named("a/./../b", 'leads out of the archive with ".."'),
  named("..", 'leads out of the archive with ".."'),
  named("../", 'leads out of the archive with ".."'),
  named("/etc/passwd", "is an absolute path"),
  named("//server/share", "is an absolute path"),
  named("C:/windows", "begins with a drive letter"),
  named("c:file", "begins with a drive letter"),
  named("..\\up.txt", "has a backslash"),
  named("a\\b", "has a backslash"),
  named("a\0b", "has control characters"),
  named("a\nb", "has control characters"),
  named("a\u0085b", "has control characters"),
  named("a\u2028b", "has control characters"),
  named("a\x7fb", "has control characters"),
  named("./a", 'has empty or "." parts'),
  named("a//b", 'has empty or "." parts'),
  named("", "an entry has no name"),
  named("/", "an entry has no name"),
  named("x".repeat(1100), "would have a key of more than 1024 bytes"),
  [
    "a name that is no UTF-8",
    one({ name: Buffer.from([0xff, 0xfe]), flags: 0x800 }),
    "is not UTF-8",
  ],
  [
    "a slash in overlong UTF-8",
    one({ name: Buffer.from([0x61, 0xc0, 0xaf]), flags: 0x800 }),
    "is not UTF-8",
  ],
  [
    "a surrogate in UTF-8",
    one({ name: Buffer.from([0xed, 0xa0, 0x80]), flags: 0x800 }),
    "is not UTF-8",
  ],
  ["a name twice", one(good), "is there twice"],
  [
    "a name in two forms of Unicode",
    () =>
      buildZip([
        { name: "\u00e9", flags: 0x800 },
        { name: "e\u0301", flags: 0x800 },
      ]),
    "is there twice",
  ],
  ["a file below a file", one({ name: "good.txt/x" }), "is a file and a directory"],
  [
    "a directory like a file",
    one({ name: "good.txt/", content: Buffer.alloc(0), method: 0 }),
    "is a file and a directory",
  ],
  ["a directory with content", one({ name: "d/" }), "is a directory with content"],
];

const KINDS: readonly HostileZip[] = [
  ["a symbolic link", one({ name: "l", mode: 0o120777 }), "is a symbolic link"],
  ["a character device", one({ name: "l", mode: 0o020666 }), "is a device, a pipe or a socket"],
  ["a block device", one({ name: "l", mode: 0o060666 }), "is a device, a pipe or a socket"],
  ["a named pipe", one({ name: "l", mode: 0o010666 }), "is a device, a pipe or a socket"],
  ["a socket", one({ name: "l", mode: 0o140666 }), "is a device, a pipe or a socket"],
  ["an encrypted entry", one({ name: "e", flags: 1 }), "is encrypted"],
  ["strong encryption", one({ name: "e", flags: 0x40 }), "is encrypted"],
  ["an encrypted directory", one({ name: "e", flags: 0x2000 }), "is encrypted"],
  ["AES", one({ name: "e", method: 99 }), "is encrypted"],
  ["a patch", one({ name: "e", flags: 0x20 }), "is a patch"],
  ["bzip2", one({ name: "e", method: 12 }), "is packed by method 12"],
  ["deflate64", one({ name: "e", method: 9 }), "is packed by method 9"],
  ["zstd", one({ name: "e", method: 93 }), "is packed by method 93"],
];

const CONTENT: readonly HostileZip[] = [
  ["a wrong CRC", one({ name: "c", crc: 1 }), "does not have the checksum"],
  [
    "a wrong CRC of a stored entry",
    one({ name: "c", crc: 1, method: 0 }),
    "does not have the checksum",
  ],
  [
    "a lie about the size: more",
    one({ name: "c", content: Buffer.alloc(5000), size: 10 }),
    "unpacks to more than it declares",
  ],
  ["a lie about the size: less", one({ name: "c", size: 4000 }), "unpacks to another size"],
  [
    "stored with two sizes",
    one({ name: "c", method: 0, size: 3 }),
    "has sizes that contradict each other",
  ],
  [
    "content out of nothing",
    one({ name: "c", packed: Buffer.alloc(0), size: 5 }),
    "has sizes that contradict each other",
  ],
  [
    "what is no deflate",
    one({ name: "c", packed: Buffer.from("garbage!") }),
    "can not be inflated",
  ],
  [
    "deflate that ends early",
    one({ name: "c", packed: deflateRawSync(Buffer.alloc(999)).subarray(0, 5), size: 999 }),
    "can not be inflated",
  ],
  ["a bomb", one(bomb()), "more than 200 times"],
  [
    "a bomb in ten pieces",
    () =>
      buildZip(
        Array.from({ length: 10 }, (_, n) => ({
          name: `b${String(n)}`,
          content: zeros.subarray(0, 60 * 1024 * 1024),
        })),
      ),
    "more than 200 times",
  ],
  [
    "a declared size beyond all limits",
    one({ name: "c", size: 0xfffffffe }),
    "unpacks to 4294967294 bytes",
  ],
  [
    "a size of 2^64 - 1",
    one({ name: "c", size: 0xffffffff, extra: field(1, numbers64(2n ** 64n - 1n)) }),
    "no usable zip64 sizes",
  ],
  ["zip64 sizes that are not there", one({ name: "c", size: 0xffffffff }), "no usable zip64 sizes"],
  [
    "two zip64 fields",
    one({ name: "c", extra: Buffer.concat([field(1, numbers64(1)), field(1, numbers64(2))]) }),
    "has damaged extra fields",
  ],
  [
    "extra fields that are cut off",
    one({ name: "c", extra: field(1, numbers64(1)).subarray(0, 8) }),
    "has damaged extra fields",
  ],
];

const LAYOUT: readonly HostileZip[] = [
  ["two entries on one header", one({ name: "b", withoutBody: true, offset: 0 }), "overlaps with"],
  [
    "200 entries on one header",
    () =>
      buildZip([
        good,
        ...Array.from({ length: 200 }, (_, n) => ({
          name: `n${String(n)}`,
          withoutBody: true,
          offset: 0,
        })),
      ]),
    "overlaps with",
  ],
  [
    "entries that overlap in part",
    one({ name: "b", withoutBody: true, offset: 20 }),
    "overlaps with",
  ],
  [
    "an entry that reaches into the directory",
    one({ name: "b", method: 0, size: 500, packedSize: 500 }),
    "reaches into the directory",
  ],
  ["a header beyond the end", one({ name: "b", offset: 0x7fffffff }), "reaches into the directory"],
  [
    "another name in the header",
    one({ name: "b", local: { name: "c" } }),
    "has another name in its own header",
  ],
  [
    "a longer name in the header",
    one({ name: "b", local: { name: "cc" } }),
    "has another name in its own header",
  ],
  ["another method in the header", one({ name: "b", local: { method: 0 } }), "is packed otherwise"],
  ["other flags in the header", one({ name: "b", local: { flags: 1 } }), "has other flags"],
  ["another size in the header", one({ name: "b", local: { size: 1 } }), "has other sizes"],
  [
    "another packed size in the header",
    one({ name: "b", local: { packedSize: 1 } }),
    "has other sizes",
  ],
  ["another CRC in the header", one({ name: "b", local: { crc: 1 } }), "has another checksum"],
  [
    "no header where it should be",
    one({ name: "b", local: { signature: 1 } }),
    "has no header where it should be",
  ],
  [
    "a header whose extra fields reach into the next",
    () => {
      const zip = buildZip([good, { name: "b" }]);
      zip.writeUInt16LE(60, 28);
      return zip;
    },
    "reaches into what follows",
  ],
  ["an entry on another disk", one({ name: "b", disk: 1 }), "lies in another part"],
];

const ENDS: readonly HostileZip[] = [
  ["nothing", () => Buffer.alloc(0), "is no zip, no tar and no gz"],
  ["text", () => Buffer.from("hello"), "is no zip, no tar and no gz"],
  ["a RAR", () => Buffer.from("526172211a0700cf", "hex"), "is no zip, no tar and no gz"],
  ["the first two bytes", cut(2), "is no zip or was cut off"],
  ["a cut in the first header", cut(20), "is no zip or was cut off"],
  ["a cut in the content", cut(40), "is no zip or was cut off"],
  ["a cut in the directory", cut(-60), "is no zip or was cut off"],
  ["a cut in the end record", cut(-5), "is no zip or was cut off"],
  ["a cut in the last byte", cut(-1), "is no zip or was cut off"],
  [
    "bytes behind the end",
    () => Buffer.concat([ended({})(), Buffer.from("x")]),
    "is no zip or was cut off",
  ],
  ["an end record in the comment", ended({ comment: buildZip([]) }), "has several end records"],
  ["one of several parts", ended({ disk: 1 }), "is one of several parts"],
  ["fewer entries than told", ended({ entries: 3 }), "can not hold the 3 entries"],
  ["more entries than told", ended({ entries: 1 }), "holds more than the 1 entries"],
  [
    "a million entries that are told",
    ended({ ...maxed, before: (place) => end64(place, { entries: 1_000_000 }) }),
    "can not hold the 1000000 entries",
  ],
  [
    "a directory of 2^63 bytes",
    ended({ ...maxed, before: (place) => end64(place, { size: 2n ** 63n }) }),
    "does not end where its end record begins",
  ],
  [
    "a directory that begins elsewhere",
    ended({ offset: 3 }),
    "does not end where its end record begins",
  ],
  ["a directory that is longer", ended({ size: 400 }), "does not end where its end record begins"],
  [
    "bytes before the first entry, not counted",
    () => {
      const zip = ended({})();
      return Buffer.concat([Buffer.from("PK\x03\x04junk"), zip]);
    },
    "does not end where its end record begins",
  ],
  [
    "a zip64 locator that points elsewhere",
    ended({ ...maxed, before: (place) => end64(place, { at: 1 }) }),
    "zip64 end record is not where",
  ],
  [
    "a zip64 locator that points beyond",
    ended({ ...maxed, before: (place) => end64(place, { at: 2 ** 40 }) }),
    "zip64 end record is not where",
  ],
  [
    "a zip64 record of another length",
    ended({ ...maxed, before: (place) => end64(place, { record: 99 }) }),
    "zip64 end record is not where",
  ],
  [
    "a zip64 end of several disks",
    ended({ ...maxed, before: (place) => end64(place, { disks: 2 }) }),
    "is one of several parts",
  ],
  [
    "two end records that contradict",
    ended({ before: (place) => end64(place, { entries: 1 }) }),
    "contradict each other",
  ],
  [
    "a header with a wrong signature",
    () => {
      const zip = ended({})();
      zip[zip.lastIndexOf(Buffer.from("PK\x01\x02", "latin1"))] = 0;
      return zip;
    },
    "there is no header of entry 2 of 2",
  ],
  [
    "a header longer than the directory",
    () => {
      const zip = ended({})();
      zip.writeUInt16LE(9999, zip.lastIndexOf(Buffer.from("PK\x01\x02", "latin1")) + 32);
      return zip;
    },
    "reaches beyond the directory",
  ],
];

/** Every way of being wrong that is known. */
export const HOSTILE_ZIPS: readonly HostileZip[] = [
  ...NAMES,
  ...KINDS,
  ...CONTENT,
  ...LAYOUT,
  ...ENDS,
];
