import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { startLab, type UnpackLab } from "./support";

let lab: UnpackLab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(async () => {
  await lab.close();
});

const small = Buffer.from("id,name\n1,a\n");
const large = randomBytes(9_000_000);

test.each([
  ["small", gzipSync(small), small],
  ["empty", gzipSync(Buffer.alloc(0)), Buffer.alloc(0)],
  ["more than is held whole", gzipSync(large), large],
  [
    "of several members",
    Buffer.concat([gzipSync(small), gzipSync(large)]),
    Buffer.concat([small, large]),
  ],
])("a gz that holds no tar is one file with the object's name: %s", async (_name, gz, content) => {
  const { files, kind } = await lab.unpack(gz, { singleName: "feed.csv" });
  expect(kind).toBe("gz");
  expect(files.map(({ path, size }) => ({ path, size }))).toEqual([
    { path: "feed.csv", size: content.length },
  ]);
  expect((await lab.s3.read("processed", "out/feed.csv")).equals(content)).toBe(true);
});

const NOTHING = "; nothing was published: ask the sender for a correct archive";
const bomb = gzipSync(Buffer.alloc(80_000_000));

test.each([
  ["cut off", gzipSync(large).subarray(0, -20), {}, "it is damaged (unexpected end of file)"],
  [
    "changed",
    Buffer.concat([gzipSync(small).subarray(0, -8), Buffer.alloc(8)]),
    {},
    "it is damaged (incorrect data check)",
  ],
  [
    "a bomb",
    bomb,
    { maxRatio: 100 },
    `"feed.csv" unpacks from ${String(bomb.length)} to 80000000 bytes, more than 100 times; raise limits.ratio if that is right; `,
  ],
  [
    "too large",
    gzipSync(large),
    { maxEntryBytes: 1000 },
    "it unpacks to more than 1000 bytes; raise limits.entryGib or limits.totalGib if that is right",
  ],
])("nothing is written of a gz that is %s", async (_name, gz, options, fault) => {
  const told = lab.unpack(gz, { singleName: "feed.csv", ...options });
  await expect(told).rejects.toThrow(`the archive can not be unpacked: ${fault}`);
  await expect(told).rejects.toThrow(NOTHING);
  expect(lab.keys()).toEqual([]);
});

test("a name that leads elsewhere is refused", async () => {
  await expect(lab.unpack(gzipSync(small), { singleName: ".." })).rejects.toThrow(
    `the archive can not be unpacked: ".." leads out of the archive with ".."${NOTHING}`,
  );
});
