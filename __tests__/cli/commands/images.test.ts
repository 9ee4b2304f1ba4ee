import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { contextDigest, requiredArguments } from "../../../cli/images/image-sources";
import { call, REPOSITORY, type ScratchProject, scratchProject } from "../scratch-project";

let project: ScratchProject;
const PATH = process.env["PATH"];

beforeEach(() => {
  project = scratchProject();
  project.write(
    "images/teleport/Dockerfile",
    readFileSync(path.join(REPOSITORY, "images/teleport/Dockerfile"), "utf8"),
  );
  project.write("images/teleport/teleport", "#!/bin/sh\n");
  project.write(
    "images/photo/Dockerfile",
    readFileSync(path.join(REPOSITORY, "images/photo/Dockerfile"), "utf8"),
  );
  project.write(
    "images/catalog/Dockerfile",
    readFileSync(path.join(REPOSITORY, "images/catalog/Dockerfile"), "utf8"),
  );
});

afterEach(() => {
  process.env["PATH"] = PATH;
  project.remove();
});

interface Lock {
  readonly environments: Readonly<
    Record<string, Readonly<Record<string, { digest: string; origin: string }>>>
  >;
}

const lock = (): Lock =>
  JSON.parse(readFileSync(path.join(project.root, "images.lock.json"), "utf8")) as Lock;

/** Puts a program in docker's place that writes down how it was called and names a digest. */
function fakeDocker(exit = 0): () => string[][] {
  const calls = path.join(project.root, "calls.jsonl");
  project.write(
    "bin/docker",
    `#!${process.execPath}
const fs = require("node:fs"), args = process.argv.slice(2), at = args.indexOf("--metadata-file");
fs.appendFileSync(${JSON.stringify(calls)}, JSON.stringify(args) + "\\n");
console.error("#1 building");
if (at >= 0) fs.writeFileSync(args[at + 1], JSON.stringify({ "containerimage.digest": "sha256:" + String(args.length % 10).repeat(64) }));
process.exit(${String(exit)});
`,
  );
  chmodSync(path.join(project.root, "bin/docker"), 0o755);
  process.env["PATH"] = `${path.join(project.root, "bin")}:${PATH ?? ""}`;
  return () =>
    existsSync(calls)
      ? readFileSync(calls, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as string[])
      : [];
}

/** An environment that exists on an account. */
function production(): void {
  project.write(
    "environments/prod.ts",
    `import local from ${JSON.stringify(path.join(REPOSITORY, "environments/local"))};
export default { ...local, id: "prod", account: "111122223333", offline: false, disposable: false };`,
  );
}

const BUILD_ARGS = [
  "NODE_IMAGE=node@sha256:1",
  "JAVA_IMAGE=java@sha256:2",
  "TELEPORT_JAR=https://partner.example/teleport.jar",
  "TELEPORT_JAR_SHA256=ab",
];

describe("images lock", () => {
  test("names the images of an offline environment by their sources; the same each time", async () => {
    const { code, stdout } = await call(["images", "lock"], project.root);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "images.lock.json holds them for environment local; review and commit it\n",
    );
    const first = lock().environments["local"];
    expect(first).toMatchObject({ worker: { origin: "sources" }, teleport: { origin: "sources" } });
    await call(["images", "lock"], project.root);
    expect(lock().environments["local"]).toEqual(first);
    project.write("images/teleport/teleport", "#!/bin/sh\n# changed\n");
    project.write("images/teleport/stand-in/index.ts", "// no part of the image");
    await call(["images", "lock"], project.root);
    expect(lock().environments["local"]?.["worker"]).toEqual(first?.["worker"]);
    expect(lock().environments["local"]?.["teleport"]).not.toEqual(first?.["teleport"]);
  });

  test("is refused where images are pulled, and an unknown image is too", async () => {
    production();
    expect((await call(["images", "lock", "--env", "prod"], project.root)).stderr).toContain(
      "error: environments/prod.offline must be true for images lock, got false: jobs pull images by digest, and a hash of sources names no image; run: partner-ingest images push --env prod\n",
    );
    expect((await call(["images", "lock", "--image", "x"], project.root)).stderr).toContain(
      'error: --image must be an image of environment "local", got "x"; known are "worker", "teleport", "photo", "catalog"\n',
    );
  });
});

describe("images push", () => {
  test("builds the worker first, the others on its digest, and locks what the registry named", async () => {
    production();
    const calls = fakeDocker();
    const { code, stderr } = await call(
      ["images", "push", "--env", "prod", ...BUILD_ARGS.flatMap((text) => ["--build-arg", text])],
      project.root,
    );
    expect({ code, stderr: stderr.includes("error") }).toEqual({ code: 0, stderr: false });
    const [worker, teleport] = calls();
    const uri = "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/pi/prod/platform";
    expect(worker?.slice(0, 2)).toEqual(["buildx", "build"]);
    expect(worker).toEqual(
      expect.arrayContaining(["--push", "--platform", "linux/amd64", "NODE_IMAGE=node@sha256:1"]),
    );
    expect(worker?.find((text) => text.startsWith(`${uri}/worker:`))).toMatch(/:[0-9a-f]{12}$/u);
    expect(worker?.join(" ")).not.toContain("TELEPORT_JAR");
    const digest = lock().environments["prod"]?.["worker"]?.digest ?? "";
    expect(teleport).toContain(`WORKER_IMAGE=${uri}/worker@${digest}`);
    expect(lock().environments["prod"]).toMatchObject({
      worker: { origin: "pushed" },
      teleport: { origin: "pushed" },
    });
    expect(lock().environments["local"]).toBeDefined();
  });

  test("an image alone is built on the worker that was pushed before", async () => {
    production();
    const digest = `sha256:${"c".repeat(64)}`;
    writeFileSync(
      path.join(project.root, "images.lock.json"),
      JSON.stringify({
        schemaVersion: 1,
        environments: { ...lock().environments, prod: { worker: { digest, origin: "pushed" } } },
      }),
    );
    const calls = fakeDocker();
    await call(
      [
        "images",
        "push",
        "--env",
        "prod",
        "--image",
        "teleport",
        ...BUILD_ARGS.flatMap((text) => ["--build-arg", text]),
      ],
      project.root,
    );
    expect(calls()).toHaveLength(1);
    expect(calls()[0]?.find((text) => text.startsWith("WORKER_IMAGE="))).toContain(
      `worker@${digest}`,
    );
  });

  test("arguments without a default must be given", async () => {
    production();
    const calls = fakeDocker();
    const { code, stderr } = await call(["images", "push", "--env", "prod"], project.root);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "error: --build-arg NODE_IMAGE=<value> is missing; images/worker/Dockerfile says what it is\n",
    );
    expect(calls()).toEqual([]);
  });

  test("a build that fails is told with docker's last words, and nothing is locked", async () => {
    production();
    fakeDocker(1);
    const { code, stderr } = await call(
      ["images", "push", "--env", "prod", "--image", "worker", "--build-arg", "NODE_IMAGE=x"],
      project.root,
    );
    expect(code).toBe(5);
    expect(stderr).toContain(
      "error: docker buildx build failed with exit code 1:\n  #1 building\n",
    );
    expect(lock().environments["prod"]).toBeUndefined();
  });

  test("is refused offline", async () => {
    expect((await call(["images", "push"], project.root)).stderr).toContain(
      "error: environments/local.offline must be false for images push, got true: there is no registry; run: partner-ingest images lock --env local\n",
    );
  });
});

describe("images build", () => {
  test("loads images into this machine's docker and writes no digest", async () => {
    const calls = fakeDocker();
    const before = lock();
    const { code } = await call(
      ["images", "build", ...BUILD_ARGS.flatMap((text) => ["--build-arg", text])],
      project.root,
    );
    expect(code).toBe(0);
    expect(calls().map((args) => args.slice(0, 3))).toEqual([
      ["buildx", "build", "--load"],
      ["buildx", "build", "--load"],
      ["buildx", "build", "--load"],
      ["buildx", "build", "--load"],
    ]);
    expect(lock()).toEqual(before);
  });

  test("without docker it says how to get it", async () => {
    process.env["PATH"] = path.join(project.root, "nothing");
    const { code, stderr } = await call(["images", "build"], project.root);
    expect(code).toBe(3);
    expect(stderr).toContain(
      "error: docker is not on the PATH, images are built with docker buildx; install Docker Engine or Docker Desktop: https://docs.docker.com/engine/install. Without it: images lock --env <an offline environment> names images by their sources\n",
    );
  });

  test("an image without a Dockerfile", async () => {
    fakeDocker();
    project.write(
      "environments/local.ts",
      `import local from ${JSON.stringify(path.join(REPOSITORY, "environments/local"))};
export default { ...local, images: ["worker", "other"] };`,
    );
    const { stderr } = await call(["images", "lock", "--image", "other"], project.root);
    expect(stderr).toContain(
      'error: images/other/Dockerfile does not exist; add it, or remove "other" from images of the environment\n',
    );
  });
});

test("a digest depends on names and contents alone", () => {
  project.write("c/a", "1");
  project.write("c/b/c", "2");
  const directory = path.join(project.root, "c");
  const digest = contextDigest(directory);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/u);
  chmodSync(path.join(directory, "a"), 0o755);
  expect(contextDigest(directory)).toBe(digest);
  project.write("c/a", "12");
  project.write("c/b/c", "");
  expect(contextDigest(directory)).not.toBe(digest);
});

test("arguments of a Dockerfile, and those without a default", () => {
  project.write("d/Dockerfile", "ARG A\nARG B=1\nFROM x\nARG A\nARG C\n");
  expect(requiredArguments(path.join(project.root, "d"))).toEqual({
    all: ["A", "B", "C"],
    required: ["A", "C"],
  });
});
