import path from "node:path";
import { call, type ScratchProject, scratchProject } from "../../scratch-project";

let project: ScratchProject;

beforeEach(() => {
  project = scratchProject();
});

afterEach(() => {
  project.remove();
});

const errors = (stderr: string): string[] =>
  stderr.split("\n").filter((line) => line.startsWith("error: "));

async function documents(...args: readonly string[]): Promise<unknown[]> {
  const { code, stdout } = await call(["iam", "deployer", "--json", ...args], project.root);
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { policies: { document: unknown }[] }).policies.map(
    ({ document }) => document,
  );
}

describe("iam deployer", () => {
  test("writes a file for each policy", async () => {
    const { code, stdout } = await call(
      ["iam", "deployer", "--stack", "bootstrap", "--phase", "plan", "--out", "out"],
      project.root,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^local--bootstrap--plan-1\.json {2}\d+ of 6144 characters\n\d+ actions in 1 managed policy to plan local--bootstrap\n$/u,
    );
  });

  test("fails when --out is no directory", async () => {
    project.write("taken", "");
    const out = path.join(project.root, "taken");
    const { code, stderr } = await call(
      ["iam", "deployer", "--stack", "bootstrap", "--out", out],
      project.root,
    );
    expect({ code, errors: errors(stderr) }).toEqual({
      code: 2,
      errors: [
        `error: --out must be a directory that can be written to, got ${JSON.stringify(out)}: EEXIST: file already exists, mkdir '${out}'`,
      ],
    });
  });

  test.each([
    [[], '--stack must be one of "bootstrap", "platform", "partner", got nothing'],
    [["--stack", "x"], '--stack must be one of "bootstrap", "platform", "partner", got "x"'],
    [
      ["--stack", "partner"],
      `--partner is missing; give a partner's id, or "*" for all partners of the environment`,
    ],
    [
      ["--partner", "nobody"],
      '"nobody" is no partner of this project; known are "universal-music"',
    ],
    [
      ["--stack", "platform", "--partner", "x"],
      '--partner has no meaning for --stack platform, got "x"; leave it out or ask for --stack partner',
    ],
    [
      ["--stack", "platform", "--phase", "fly"],
      '--phase must be one of "plan", "apply", "update", "destroy", got "fly"',
    ],
  ])("fails when called with %j", async (args, message) => {
    const { code, stderr } = await call(["iam", "deployer", ...args], project.root);
    expect({ code, errors: errors(stderr) }).toEqual({ code: 2, errors: [`error: ${message}`] });
  });
});

describe("iam doctor", () => {
  test("what iam deployer wrote is enough", async () => {
    const written = await documents("--stack", "partner", "--partner", "*");
    const files = written.map((document, index) => {
      project.write(`have-${String(index)}.json`, JSON.stringify(document));
      return `have-${String(index)}.json`;
    });
    const { code, stdout } = await call(
      ["iam", "doctor", "--stack", "partner", "--partner", "*", "--have", ...files],
      project.root,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^local--partners: all of \d+ requests would be allowed\n$/u);
  });

  test("an action that is missing is told with the smallest addition, which mends it", async () => {
    const [first] = (await documents("--stack", "bootstrap")) as [
      { Statement: { Effect: string; Action: string | string[] }[] },
    ];
    const lesser = {
      ...first,
      Statement: first.Statement.flatMap((statement) => {
        const left = [statement.Action].flat().filter((action) => action !== "iam:CreatePolicy");
        return left.length === 0 ? [] : [{ ...statement, Action: left }];
      }),
    };
    project.write("have.json", JSON.stringify(lesser));
    const args = ["iam", "doctor", "--stack", "bootstrap", "--json", "--have", "have.json"];
    const { code, stdout } = await call(args, project.root);
    expect(code).toBe(2);
    const [found] = JSON.parse(stdout) as unknown as [unknown];
    expect(found).toMatchObject({
      refusals: [
        {
          need: { action: "iam:CreatePolicy", type: "aws_iam_policy" },
          phases: ["apply"],
          deniedBy: [],
        },
      ],
      addition: [
        {
          Effect: "Allow",
          Action: "iam:CreatePolicy",
          Resource: "arn:aws:iam::123456789012:policy/pi/local/bootstrap/*",
        },
      ],
    });
    const { addition } = found as { addition: unknown };
    project.write("more.json", JSON.stringify({ Version: "2012-10-17", Statement: addition }));
    expect((await call([...args, "more.json"], project.root)).code).toBe(0);
  });

  test("a refusal that AWS told is explained", async () => {
    const denied =
      "User: arn:aws:sts::123456789012:assumed-role/ci/x is not authorized to perform: iam:CreatePolicy on resource: arn:aws:iam::123456789012:policy/pi/local/bootstrap/pi--local--bootstrap--boundary because no identity-based policy allows the iam:CreatePolicy action";
    const { stdout } = await call(["iam", "doctor", "--denied", denied], project.root);
    expect(stdout).toContain(
      "local--bootstrap needs iam:CreatePolicy on arn:aws:iam::123456789012:policy/pi/local/bootstrap/pi--local--bootstrap--boundary for aws_iam_policy (create)\nsmallest addition:\n",
    );
    const explicit = denied.replace(
      /because.*/u,
      "with an explicit deny in a service control policy",
    );
    expect((await call(["iam", "doctor", "--denied", explicit], project.root)).stdout).toContain(
      "it is denied by a service control policy; no permission mends that, ask whoever owns it for an exception",
    );
    const foreign = denied.replaceAll("iam:CreatePolicy", "glue:CreateJob");
    expect((await call(["iam", "doctor", "--denied", foreign], project.root)).stdout).toContain(
      "is nothing that the deployment of a stack needs",
    );
  });

  test.each([
    [
      [],
      undefined,
      'there is nothing to look at; give --have <policy.json>, --denied "<what AWS answered>", or list service control policies in environments/local.ts as organizationPolicies',
    ],
    [
      ["--denied", "no"],
      undefined,
      '--denied must hold what AWS answers, "... is not authorized to perform: <service>:<action> ...", got "no"; give the whole message',
    ],
    [["--have", "have.json"], "{", "can not be read as a policy"],
    [
      ["--have", "have.json"],
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}]}',
      'can not be judged: the identity policy "have.json", statement "#1", allows by NotAction; name each Action that is allowed',
    ],
    [["--have", "none.json"], undefined, "can not be read as a policy: ENOENT"],
  ])("fails when called with %j and %j", async (args, have, message) => {
    if (have !== undefined) project.write("have.json", have);
    const { code, stderr } = await call(["iam", "doctor", ...args], project.root);
    expect(code).toBe(2);
    expect(errors(stderr)).toHaveLength(1);
    expect(errors(stderr)[0]).toContain(message);
  });
});
