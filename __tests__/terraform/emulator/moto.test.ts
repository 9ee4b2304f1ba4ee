import { chmodSync } from "node:fs";
import path from "node:path";
import { MissingToolError } from "../../../modules/core";
import { startMoto } from "../../../terraform/emulator/moto";
import type { Machine } from "../../../terraform/machine";
import { type TestDirectory, testDirectory } from "../../support/project-directory";

let place: TestDirectory;
beforeEach(() => {
  place = testDirectory();
});
afterEach(() => {
  place.remove();
});

const machine = (): Machine => ({
  platform: process.platform,
  arch: process.arch,
  home: place.path,
  env: { PATH: place.path },
});
const start = () => startMoto({ account: "1", region: "eu-central-1", machine: machine() });

/** A program that stands for moto_server. */
function program(source: string): void {
  place.write("moto_server", `#!${process.execPath}\n${source}`);
  chmodSync(path.join(place.path, "moto_server"), 0o755);
}

test("fails with how to get the emulator where it is not installed", async () => {
  await expect(start()).rejects.toThrow(
    new MissingToolError(
      `moto_server is not on the PATH; install it with "pip install 'moto[server]==5.2.1'" (Python 3.9 or newer)`,
    ),
  );
});

test("fails with what the emulator wrote when it ends at once", async () => {
  program(`console.error("no module named flask"); process.exit(1);`);
  await expect(start()).rejects.toThrow("moto_server ended with code 1:\nno module named flask");
});

test("finds the port that the system chose, sets Batch to run no containers, and stops", async () => {
  program(`
    const seen = [];
    const server = require("node:http").createServer((request, response) => {
      const body = [];
      request.on("data", (part) => body.push(part)).on("end", () => {
        seen.push(request.url + " " + Buffer.concat(body));
        response.end(JSON.stringify(seen));
      });
    });
    server.listen(0, "127.0.0.1", () =>
      console.error(" * Running on http://127.0.0.1:" + server.address().port));
    process.on("SIGTERM", () => process.exit(0));
  `);
  const emulator = await start();
  expect(emulator.environment).toMatchObject({
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_REGION: "eu-central-1",
    AWS_PROFILE: undefined,
  });
  const seen: unknown = await (await fetch(emulator.endpoint)).json();
  expect(seen).toEqual([`/moto-api/config {"batch":{"use_docker":false}}`, "/ "]);
  await emulator.stop();
  await expect(fetch(emulator.endpoint)).rejects.toThrow("fetch failed");
});
