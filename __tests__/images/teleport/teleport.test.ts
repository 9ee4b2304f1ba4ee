import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compileTeleport,
  standIn,
  TELEPORT_PATH,
  teleportScript,
} from "../../../images/teleport/stand-in";
import {
  startLabelServer,
  type LabelFault,
  type LabelServer,
} from "../../../images/teleport/stand-in/label-server";
import { contentOf, demoOrders } from "../../../images/teleport/stand-in/orders";
import { placeInRoot } from "../support/place-in-root";

const directory = mkdtempSync(join(tmpdir(), "teleport-test-"));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const classes = join(directory, "classes");
mkdirSync(classes);
const java = compileTeleport(classes);

// Where there is no Java the twin is tested alone; it is all that such a machine uses.
const RUNTIMES: [string, string | undefined][] = [
  ["Node", undefined],
  ...("version" in java ? [["Java", classes] as [string, string]] : []),
];

const ORDER = {
  id: "O 1/ü",
  day: "2026-03-02",
  files: [
    { path: "a.bin", content: contentOf("a", 300_000) },
    { path: "n\u00e9sted/b c+%20.txt", content: Buffer.from("b") },
    { path: "back\\slash", content: Buffer.from("c") },
    { path: "empty", content: Buffer.alloc(0) },
  ],
};

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe.each(RUNTIMES)("teleport on %s", (runtime, compiled) => {
  let server: LabelServer;
  let into: string;
  let count = 0;

  async function teleport(args: readonly string[], token = server.token): Promise<Ended> {
    const script = join(directory, `teleport-${runtime}`);
    writeFileSync(script, teleportScript(compiled), { mode: 0o755 });
    return new Promise((resolve) => {
      execFile(
        script,
        args,
        { env: { PATH: process.env["PATH"], TELEPORT_URL: server.url, TELEPORT_TOKEN: token } },
        (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
        },
      );
    });
  }

  async function serve(faults: readonly LabelFault[] = []): Promise<void> {
    server = await startLabelServer({ orders: [ORDER], faults });
    count += 1;
    into = join(directory, `${runtime}-${String(count)}`);
  }

  afterEach(() => server.close());

  const fetchIt = (): Promise<Ended> => teleport(["fetch", "--order", ORDER.id, "--into", into]);

  const expectWhole = (): void => {
    for (const { path, content } of ORDER.files)
      expect(readFileSync(join(into, path)).equals(content)).toBe(true);
    expect(readdirSync(into).sort()).toEqual([
      "SHA256SUMS",
      "a.bin",
      "back\\slash",
      "delivery.md5",
      "empty",
      "nésted",
    ]);
  };

  test("fetches an order whole, with its checksum files", async () => {
    await serve();
    const { code, stdout, stderr } = await fetchIt();
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expectWhole();
    expect(stdout.split("\n")).toEqual([
      "order has 4 files, 300002 bytes",
      'file 1/4 "a.bin" is complete, 300000 bytes',
      'file 2/4 "nésted/b c+%20.txt" is complete, 1 bytes',
      'file 3/4 "back\\\\slash" is complete, 1 bytes',
      'file 4/4 "empty" is complete, 0 bytes',
      "order is complete",
      "",
    ]);
    expect(readFileSync(join(into, "delivery.md5"), "utf8")).toContain(
      "\\4a8a08f09d37b73795649038408b5f33  back\\\\slash\n",
    );
  });

  test("goes on where a partial file ends, and leaves complete ones alone", async () => {
    await serve();
    await fetchIt();
    writeFileSync(join(into, "a.bin.part"), readFileSync(join(into, "a.bin")));
    truncateSync(join(into, "a.bin.part"), 100_000);
    rmSync(join(into, "a.bin"));
    const before = server.requests.length;
    const { code, stdout } = await fetchIt();
    expect(code).toBe(0);
    expectWhole();
    expect(stdout).toContain('"a.bin" goes on at 100000 of 300000 bytes');
    expect(server.requests.slice(before).map(({ range }) => range)).toEqual([
      undefined,
      "bytes=100000-",
    ]);
  });

  test("goes on after a connection that breaks off", async () => {
    await serve([{ kind: "truncate", path: "a.bin", times: 2 }]);
    expect((await fetchIt()).code).toBe(0);
    expectWhole();
    expect(server.requests.filter(({ range }) => range !== undefined)).toHaveLength(2);
  });

  test("gives up after it broke off again and again, and keeps what it has", async () => {
    await serve([{ kind: "truncate", path: "a.bin" }]);
    const { code, stderr } = await fetchIt();
    expect(code).toBe(5);
    // How much of a broken answer arrives is up to the network.
    expect(stderr).toMatch(/^teleport: "a\.bin" broke off 4 times at \d{6} of 300000 bytes\n$/u);
    expect(existsSync(join(into, "a.bin.part"))).toBe(true);
  });

  test("loads a file again whose checksum is wrong, once", async () => {
    await serve([{ kind: "corrupt", path: "a.bin", times: 1 }]);
    expect((await fetchIt()).code).toBe(0);
    expectWhole();
  });

  test("ends with 4 when the checksum stays wrong", async () => {
    await serve([{ kind: "corrupt", path: "a.bin" }]);
    expect(await fetchIt()).toMatchObject({
      code: 4,
      stderr: 'teleport: wrong checksum twice: "a.bin"\n',
    });
  });

  test("ends with 3 when the server is unavailable", async () => {
    await serve([{ kind: "unavailable" }]);
    expect(await fetchIt()).toMatchObject({
      code: 3,
      stderr: "teleport: server is unavailable: HTTP 503\n",
    });
    await server.close();
    expect((await fetchIt()).code).toBe(3);
    await serve();
  });

  test("ends with 6 for an unknown order, 7 for a wrong token, 2 for wrong options", async () => {
    await serve();
    expect((await teleport(["fetch", "--order", "--into", "--into", into])).code).toBe(6);
    expect((await teleport(["list"], "wrong")).code).toBe(7);
    expect((await teleport(["fetch", "--order"])).code).toBe(2);
    expect((await teleport([])).code).toBe(2);
  });

  test("lists orders, all or since a day", async () => {
    await serve();
    expect((await teleport(["list"])).stdout).toBe("O 1/ü\n");
    expect((await teleport(["list", "--since", "2026-03-03"])).stdout).toBe("");
  });

  test("refuses paths that lead out of the order", async () => {
    server = await startLabelServer({
      orders: [{ ...ORDER, files: [{ path: "../evil", content: Buffer.from("x") }] }],
    });
    into = join(directory, `${runtime}-evil`);
    expect(await fetchIt()).toMatchObject({
      code: 1,
      stderr: 'teleport: the server lists a path that leads out of the order: "../evil"\n',
    });
  });
});

test("the stand-in puts a program into a root that fetches its default order", async () => {
  const running = await standIn.start({ runtime: "node" });
  try {
    const root = join(directory, "root");
    await placeInRoot(running.root, root);
    const into = join(directory, "default");
    await new Promise<void>((resolve, reject) => {
      execFile(
        join(root, TELEPORT_PATH),
        ["fetch", "--order", running.defaultOrder, "--into", into],
        { env: { ...running.environment } },
        (error) => {
          if (error === null) resolve();
          else reject(new Error(error.message));
        },
      );
    });
    const order = demoOrders().find(({ id }) => id === running.defaultOrder);
    for (const { path, content } of order?.files ?? [])
      expect(readFileSync(join(into, path)).equals(content)).toBe(true);
    expect(order?.files.length).toBeGreaterThan(5);
  } finally {
    await running.close();
  }
});
