import { VERIFY_FIRST_BYTES } from "../../../../images/worker/src/unpack/unpack-archive";
import { buildZip } from "../archive/zip-builder";
import { startLab, type UnpackLab } from "./support";

let lab: UnpackLab;
let archive: Buffer;
beforeAll(async () => {
  lab = await startLab();
  const filling = Buffer.alloc(VERIFY_FIRST_BYTES / 8, "x");
  archive = buildZip([
    ...Array.from({ length: 8 }, (_, index) => ({
      name: `${String(index)}.bin`,
      content: filling,
      method: 0,
    })),
    { name: "bad.txt", content: Buffer.from("changed"), method: 0, crc: 1 },
  ]);
});
afterAll(async () => {
  await lab.close();
});

test("with verifyFirst nothing of a large archive is written when the last entry is damaged", async () => {
  await expect(lab.unpack(archive, { verifyFirst: true })).rejects.toThrow(
    'the archive is damaged: "bad.txt" does not have the checksum that the archive tells; no manifest was written: ask the sender for a correct archive',
  );
  expect(lab.keys()).toEqual([]);
});

test("without it the damaged entry is not written, and the step fails before any manifest", async () => {
  await expect(lab.unpack(archive)).rejects.toThrow(
    'the archive is damaged: "bad.txt" does not have the checksum that the archive tells; no manifest was written: ask the sender for a correct archive',
  );
  expect(lab.keys()).not.toContain("out/bad.txt");
});
