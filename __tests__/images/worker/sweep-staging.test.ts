import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stagingPlace } from "../../../images/worker/src/staging";
import { ABANDONED_DAYS, sweepStaging } from "../../../images/worker/src/sweep-staging";

const DAY = 24 * 3600 * 1000;
const OWN = "own-0123456789ab";
const OTHER = "other-0123456789ab";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sweep-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const put = (path: string): string => {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "x");
  return file;
};

/** Sweeps as if so many days had passed since the files were written. */
const sweepAfter = (days: number): Promise<number> =>
  sweepStaging(
    stagingPlace({ partner: "acme", orderKey: OWN, attempt: 1, root, stagingDirectory: "." }),
    OWN,
    Date.now() + days * DAY,
  );

test("what nobody touched for long is removed, with its order's directory", async () => {
  put(`${OTHER}/1/files/a/b`);
  put(`${OTHER}/2/fetch.done`);
  expect(await sweepAfter(ABANDONED_DAYS + 1)).toBe(2);
  expect(existsSync(join(root, OTHER))).toBe(false);
});

test("what may still be gone on from stays, though the partner's files bear old times", async () => {
  const file = put(`${OTHER}/1/files/master.wav`);
  utimesSync(file, new Date("2001-01-01"), new Date("2001-01-01"));
  utimesSync(dirname(file), new Date("2001-01-01"), new Date("2001-01-01"));
  expect(await sweepAfter(ABANDONED_DAYS - 1)).toBe(0);
  expect(existsSync(file)).toBe(true);
});

test("the run's own order, links and what is no run of ours are left alone", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "elsewhere-"));
  try {
    writeFileSync(join(elsewhere, "kept"), "x");
    const kept = [put(`${OWN}/1/files/a`), put("lost+found/1/a"), put(`${OTHER}/notes/a`)];
    symlinkSync(elsewhere, join(root, "link-0123456789ab"));
    mkdirSync(join(root, OTHER, "3"), { recursive: true });
    symlinkSync(elsewhere, join(root, OTHER, "3", "files"));
    expect(await sweepAfter(ABANDONED_DAYS + 1)).toBe(1);
    for (const file of [...kept, join(elsewhere, "kept")]) expect(existsSync(file)).toBe(true);
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});
