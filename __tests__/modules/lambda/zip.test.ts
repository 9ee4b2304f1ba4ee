import { createHash } from "node:crypto";
import fc from "fast-check";
import { zip } from "../../../modules/lambda";
import { readZip } from "../../support/read-zip";

const files = { "spec.json": "{}", "index.js": "exports.handler = () => {};\n" };

test("the order of files, the time of day and the time zone change no byte", async () => {
  const first = await zip(files);
  // A zip tells times in steps of two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  const zone = process.env["TZ"];
  try {
    for (const other of ["Asia/Tokyo", "America/New_York"]) {
      process.env["TZ"] = other;
      const again = await zip({ "index.js": files["index.js"], "spec.json": files["spec.json"] });
      expect(again.equals(first)).toBe(true);
    }
  } finally {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  }
});

test("the bytes do not change between releases, machines and versions of Node", async () => {
  const hash = createHash("sha256")
    .update(await zip(files))
    .digest("hex");
  expect(hash).toBe("316e6b52203dfa16d84d2ba5df0e2763b1649ae63a698585fd251fee0b9e244f");
});

test("another name or another content gives other bytes", async () => {
  const texts = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/u), fc.string(), {
    minKeys: 1,
    maxKeys: 3,
  });
  const key = (all: Record<string, string>): string => JSON.stringify(Object.entries(all).sort());
  await fc.assert(
    fc.asyncProperty(texts, texts, async (a, b) => {
      const same = (await zip(a)).equals(await zip(b));
      expect(same).toBe(key(a) === key(b));
    }),
    { numRuns: 50 },
  );
});

test("files are sorted, plain, stored, and from the beginning of a zip's time", async () => {
  expect(
    readZip(await zip(files)).map(({ name, content, date, time, mode, method }) => ({
      name,
      content: content.toString(),
      date,
      time,
      mode,
      method,
    })),
  ).toEqual(
    ["index.js", "spec.json"].map((name) => ({
      name,
      content: files[name as keyof typeof files],
      date: (1 << 5) | 1,
      time: 0,
      mode: 0o100644,
      method: 0,
    })),
  );
});
