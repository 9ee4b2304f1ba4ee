import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";

const IMAGES = join(__dirname, "../../images");
const instructions = (path: string): readonly string[] =>
  readFileSync(join(IMAGES, path), "utf8")
    .replace(/^#.*\n/gmu, "")
    .replace(/\\\n/gu, " ")
    .split("\n")
    .map((line) => line.replace(/\s+/gu, " ").trim())
    .filter((line) => line !== "");

describe.each(["worker/Dockerfile", "teleport/Dockerfile"])("%s", (path) => {
  const lines = instructions(path);

  test("takes base images by argument only, and no argument of an image has a default", () => {
    const bases = lines.filter((line) => line.startsWith("FROM "));
    expect(bases.filter((line) => !/^FROM \$\{[A-Z]+_IMAGE\}(?: AS [a-z]+)?$/u.test(line))).toEqual(
      [],
    );
    const used = bases.map((line) => /\{(\w+)\}/u.exec(line)?.[1]);
    const declared = lines.slice(0, lines.indexOf(bases[0] ?? ""));
    expect(new Set(used.map((name) => `ARG ${name ?? ""}`))).toEqual(new Set(declared));
  });

  test("copies only files that are there, or from an earlier stage", () => {
    const stages = lines.map((line) => / AS ([a-z]+)$/u.exec(line)?.[1]);
    for (const line of lines.filter((entry) => entry.startsWith("COPY "))) {
      const from = /--from=(\w+)/u.exec(line)?.[1];
      if (from !== undefined) expect(stages).toContain(from);
      else expect(["worker.js", "teleport"]).toContain(line.split(" ").at(-2));
    }
  });
});

test("the worker runs as the user that its access points belong to, with the verb as command", () => {
  const lines = instructions("worker/Dockerfile");
  expect(lines.filter((line) => line.startsWith("USER "))).toEqual(["USER 10001:10001"]);
  expect(lines.at(-1)).toBe('ENTRYPOINT ["node", "/opt/partner-ingest/worker.js"]');
  expect(lines.some((line) => line.startsWith("CMD "))).toBe(false);
});

test("the teleport image stays with that user and entry", () => {
  expect(
    instructions("teleport/Dockerfile").filter((line) => /^(?:USER|ENTRYPOINT|CMD) /u.test(line)),
  ).toEqual([]);
});

test("the teleport image checks the jar before it takes it", () => {
  const lines = instructions("teleport/Dockerfile");
  const check = lines.findIndex((line) => line.includes("sha256sum --check --strict -"));
  expect(check).toBeGreaterThan(lines.findIndex((line) => line.startsWith("ADD ")));
  expect(lines).toContain("COPY --from=jar /download/teleport.jar /opt/teleport/teleport.jar");
});

test("the program's wrapper can be executed and becomes the program", () => {
  const path = join(IMAGES, "teleport/teleport");
  accessSync(path, constants.X_OK);
  expect(readFileSync(path, "utf8")).toMatch(/^#!\/bin\/sh\n(?:#.*\n)*exec .* "\$@"\n$/u);
});
