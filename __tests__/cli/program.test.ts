import { tmpdir } from "node:os";
import { CLI_EXIT_CODES } from "../../cli/exit-codes";
import { call, REPOSITORY } from "./scratch-project";

const COMMANDS = [
  ["start"],
  ["try"],
  ["report"],
  ["check"],
  ["synth"],
  ["validate"],
  ["platform", "export"],
  ["iam", "diff"],
  ["iam", "report"],
  ["iam", "verify-live"],
  ["images", "build"],
  ["images", "push"],
  ["images", "lock"],
];

test.each(COMMANDS)("%s %s has a help with --json and --directory", async (...words) => {
  const { code, stdout, stderr } = await call([...words, "--help"], REPOSITORY);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`Usage: partner-ingest ${words.join(" ")} [options]`);
  expect(stdout).toContain("--json");
  expect(stdout).toContain("-C, --directory <dir>");
});

test("the help tells the exit codes", async () => {
  const { stdout } = await call(["--help"], REPOSITORY);
  for (const { code, meaning } of Object.values(CLI_EXIT_CODES))
    expect(stdout).toContain(`${String(code).padEnd(4)} ${meaning}`);
});

test("no two exit codes are the same", () => {
  const codes = Object.values(CLI_EXIT_CODES).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

test.each([
  [["tri"], "error: unknown command 'tri'\n(Did you mean try?); --help tells what is allowed\n"],
  [["try"], "error: missing required argument 'partner'; --help tells what is allowed\n"],
  [
    ["check", "--jsn"],
    "error: unknown option '--jsn'\n(Did you mean --json?); --help tells what is allowed\n",
  ],
  [
    ["try", "a", "--order"],
    "error: option '--order <id>' argument missing; --help tells what is allowed\n",
  ],
])("%j is wrong usage", async (args, stderr) => {
  expect(await call(args, REPOSITORY)).toEqual({ code: 2, stdout: "", stderr });
});

test("outside of a project it says where it looked", async () => {
  const { code, stdout, stderr } = await call(["check"], tmpdir());
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(
    `error: no project: neither ${JSON.stringify(tmpdir())} nor a directory above it holds partners/ and environments/; change into your project, or name it with --directory\n`,
  );
});
