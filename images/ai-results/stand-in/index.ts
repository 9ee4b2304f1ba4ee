import { crc32, deflateRawSync } from "node:zlib";
import type { RunningStandIn, StandIn } from "../../stand-in";

/** A user of the vendor. */
const DEFAULT_ORDER = "user-4711";

/** What the vendor makes for a user: a few texts, a picture and a file whose name is written in CP949. */
const RESULTS: readonly { readonly name: Buffer; readonly content: (user: string) => Buffer }[] = [
  { name: Buffer.from("report.txt"), content: (user) => Buffer.from(`result of ${user}\n`) },
  { name: Buffer.from("scores/scores.json"), content: (user) => Buffer.from(`${scores(user)}\n`) },
  {
    name: Buffer.from("images/overview.png"),
    content: () => Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"),
  },
  // "결과.csv"
  {
    name: Buffer.from("b0e1b0fa2e637376", "hex"),
    content: (user) => Buffer.from(`user\n${user}\n`),
  },
];

/** The vendor's layer, which drops `<user id>/result.zip`. It has no server and no program of its own. */
export const standIn: StandIn = { start };

function start(): Promise<RunningStandIn> {
  return Promise.resolve({
    environment: {},
    root: {},
    defaultOrder: DEFAULT_ORDER,
    object: (user) => Promise.resolve(resultZip(user)),
    runtime: "a zip made by node",
    close: () => Promise.resolve(),
  });
}

function scores(user: string): string {
  return JSON.stringify({ user, scores: Array.from({ length: 2000 }, (_, index) => index % 97) });
}

/** A zip as the vendor's Windows machines make it: names in their own character set, without a mark. */
export function resultZip(user: string): Buffer {
  const bodies: Buffer[] = [];
  const headers: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of RESULTS) {
    const plain = content(user);
    const packed = deflateRawSync(plain);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    headers.push(Buffer.from("504b01021400", "hex"), common, tail, name);
    const body = Buffer.concat([Buffer.from("504b0304", "hex"), common, name, packed]);
    bodies.push(body);
    offset += body.length;
  }
  const directory = Buffer.concat(headers);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(RESULTS.length, 8);
  end.writeUInt16LE(RESULTS.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, directory, end]);
}
