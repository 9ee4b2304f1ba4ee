import { execFileSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(__dirname, "..");

/** A line that a file of ours could hold, and the rule that must tell it. */
interface Case {
  readonly file: string;
  readonly code: string;
  /** Beginning of the message; missing where nothing is wrong. */
  readonly message?: string;
}

const CASES: readonly Case[] = [
  {
    file: "modules/contract/new.ts",
    code: `import "../core";`,
    message: `Unexpected path "../core" imported in restricted zone. modules/contract -> nothing`,
  },
  {
    file: "modules/contract/new.ts",
    code: `import "zod";`,
    message: `'zod' import is restricted from being used by a pattern. modules/contract -> nothing`,
  },
  { file: "modules/contract/new.ts", code: `import "node:crypto";\nimport "./run";` },
  {
    file: "modules/core/new.ts",
    code: `import "../iam";`,
    message: `Unexpected path "../iam" imported in restricted zone. modules/core -> cdktf and constructs only`,
  },
  {
    file: "modules/core/new.ts",
    code: `import "zod";`,
    message: `'zod' import is restricted from being used by a pattern. modules/core -> cdktf and constructs only`,
  },
  { file: "modules/core/new.ts", code: `import "cdktf";\nimport "constructs";` },
  {
    file: "modules/ledger/new.ts",
    code: `import "../core";`,
    message: `Unexpected path "../core" imported in restricted zone. modules/ledger and modules/batch-reasons -> modules/contract only`,
  },
  { file: "functions/reconcile/new.ts", code: `import "../../modules/ledger";` },
  {
    file: "modules/s3/new.ts",
    code: `import "../partner-ingest";`,
    message: `Unexpected path "../partner-ingest" imported in restricted zone. modules/<service> -> modules/core`,
  },
  {
    file: "modules/partner-ingest/new.ts",
    code: `import "../platform";`,
    message: `Unexpected path "../platform" imported in restricted zone. modules/partner-ingest -> services`,
  },
  {
    file: "modules/lambda/new.ts",
    code: `import "../../functions/trigger";`,
    message: `Unexpected path "../../functions/trigger" imported in restricted zone. modules -> modules only`,
  },
  {
    file: "functions/trigger/new.ts",
    code: `import "../../modules/core";`,
    message: `Unexpected path "../../modules/core" imported in restricted zone. functions -> modules/contract, ledger and batch-reasons`,
  },
  {
    file: "functions/trigger/new.ts",
    code: `import "cdktf";`,
    message: `'cdktf' import is restricted from being used by a pattern. functions and images -> modules/contract`,
  },
  { file: "functions/trigger/new.ts", code: `import "../../modules/contract";\nimport "./json";` },
  {
    file: "functions/trigger/new.ts",
    code: `import "../../images/worker/src/config";`,
    message: `Unexpected path "../../images/worker/src/config" imported in restricted zone. functions -> modules/contract, ledger and batch-reasons`,
  },
  {
    file: "functions/unpack/new.ts",
    code: `import "../../images/worker/src/config";\nimport "../../modules/contract";`,
  },
  {
    file: "functions/unpack/new.ts",
    code: `import "../runs-core/json";`,
    message: `Unexpected path "../runs-core/json" imported in restricted zone. functions/unpack -> images/worker/src`,
  },
  {
    file: "images/worker/src/new.ts",
    code: `import "../../../functions/runs-core/json";`,
    message: `Unexpected path "../../../functions/runs-core/json" imported in restricted zone. images -> modules/contract, ledger and batch-reasons`,
  },
  {
    file: "partners/new.ts",
    code: `import "./universal-music";`,
    message: `Unexpected path "./universal-music" imported in restricted zone. partners and environments -> modules`,
  },
  {
    file: "modules/s3/new.ts",
    code: `import "@cdktf/provider-aws";`,
    message: `'@cdktf/provider-aws' import is restricted from being used. Import the resource by its deep path`,
  },
  {
    file: "modules/s3/new.ts",
    code: `export const a = 1;`,
    message: "Missing JSDoc comment.",
  },
  {
    file: "modules/s3/new.ts",
    code: `/** A. */\nexport const a = process.env["A"];`,
    message: "A construct is a function of its props",
  },
  {
    file: "modules/s3/new.ts",
    code: `import { Bucket } from "./bucket";\nimport { rmSync } from "node:fs";\nnew Bucket(rmSync);`,
    message: "`node:fs` import should occur before import of `./bucket`",
  },
  {
    file: "modules/s3/new.ts",
    code: `/** A. */\nexport const a: any = 1;`,
    message: "Unexpected any",
  },
];

/** Lints texts as if they stood in files, without the rules that need the whole program. */
const LINT = `
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
const eslint = new ESLint({
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { files: ["**/*.ts"], languageOptions: { parserOptions: { projectService: false } } },
  ],
});
const results = [];
for (const { file, code } of JSON.parse(process.argv[1])) {
  const [result] = await eslint.lintText(code + "\\n", { filePath: file });
  results.push(result.messages.map(({ message }) => message));
}
console.log(JSON.stringify(results));
`;

const messages = JSON.parse(
  execFileSync(process.execPath, ["--input-type=module", "-e", LINT, JSON.stringify(CASES)], {
    cwd: root,
    encoding: "utf8",
  }),
) as string[][];

test.each(CASES.map((one, index) => ({ ...one, found: messages[index] ?? [] })))(
  "$file: $code",
  ({ message, found }) => {
    if (message === undefined) expect(found).toEqual([]);
    else expect(found.filter((text) => text.startsWith(message))).toHaveLength(1);
  },
);
