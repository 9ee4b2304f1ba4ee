import { startLab, type UnpackLab } from "../unpack/support";
import { HOSTILE_ZIPS } from "./hostile-zips";
import { buildZip } from "./zip-builder";

let lab: UnpackLab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => {
  await lab.close();
});

test("the good entries of the hostile archives are taken alone", async () => {
  const { files } = await lab.unpack(buildZip([{ name: "good.txt" }]));
  expect(files.map(({ path }) => path)).toEqual(["good.txt"]);
  lab.s3.keys("processed", "");
});

test.each(HOSTILE_ZIPS)("refuses %s, and writes nothing", async (_name, archive, reason) => {
  const before = lab.keys();
  const failure = await lab.unpack(archive()).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({
    outcome: "badDelivery",
    message: expect.stringContaining(reason) as string,
  });
  expect(lab.keys()).toEqual(before);
});

test("refuses names that differ in case only, where that is asked for", async () => {
  const zip = buildZip([{ name: "A" }, { name: "a" }]);
  await expect(lab.unpack(zip, { caseInsensitive: true })).rejects.toThrow(
    'the archive can not be unpacked: "a" and "A" differ in the case of letters only; nothing was published: ask the sender for a correct archive',
  );
});

test("refuses more entries than allowed without reading them", async () => {
  const zip = buildZip(Array.from({ length: 1001 }, (_, index) => ({ name: String(index) })));
  await expect(lab.unpack(zip)).rejects.toThrow(
    "the archive can not be unpacked: it holds 1001 entries, more than 1000; raise limits.entries if that is right; nothing was published: ask the sender for a correct archive",
  );
});
