import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CONFORMANCE_CASES, Probe } from "../local/s3/conformance";
import { MOTO_DIFFERENCES } from "./s3-moto-differences";

/*
 * The cases that the local S3 is held to, run against another S3: where both agree, the cases are not just what the
 * local one happens to do. Needs `moto_server` on the PATH.
 */

let moto: ChildProcess | undefined;
let probe: Probe;

beforeAll(async () => {
  const port = await freePort();
  moto = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const failed = new Promise<never>((_, reject) => {
    moto?.once("error", reject).once("exit", () => {
      reject(new Error("moto_server ended before it answered"));
    });
  });
  const endpoint = `http://127.0.0.1:${String(port)}`;
  await Promise.race([failed, answers(endpoint)]);
  probe = new Probe(endpoint, { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" });
});

afterAll(() => {
  probe.close();
  moto?.kill();
});

const agreed = CONFORMANCE_CASES.filter(({ name }) => !(name in MOTO_DIFFERENCES));
const different = CONFORMANCE_CASES.filter(({ name }) => name in MOTO_DIFFERENCES);

test.each(agreed.map((one) => [one.name, one] as const))("moto agrees: %s", async (_, one) => {
  await one.run(probe);
});

// A difference that is none any more must leave the table.
test.each(different.map((one) => [one.name, one] as const))("moto differs: %s", async (_, one) => {
  const outcome = await one.run(probe).then(
    () => "agrees",
    () => "differs",
  );
  expect(outcome).toBe("differs");
});

test("every difference in the table is one of a case", () => {
  expect(Object.keys(MOTO_DIFFERENCES).sort()).toEqual(different.map(({ name }) => name).sort());
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  });
}

async function answers(endpoint: string): Promise<void> {
  for (;;) {
    try {
      await fetch(endpoint);
      return;
    } catch {
      await sleep(100);
    }
  }
}
