// @ts-check
import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

/*
 * Which part may import which. Every message says the direction that was broken.
 *
 *   main.ts, cli  ->  local, terraform  ->  modules/app  ->  modules/{platform,bootstrap,partner-ingest}
 *     ->  modules/{batch,efs,s3,iam,...}  ->  modules/core
 *   functions/unpack  ->  images/worker/src
 *   functions, images  ->  modules/{ledger,batch-reasons}  ->  modules/contract  <-  everything;  modules/contract  ->  nothing
 */
/** What functions and images share with the rest: plain code without packages. */
const SHARED = ["./modules/contract", "./modules/ledger", "./modules/batch-reasons"];

const SERVICES = [
  "batch",
  "cloudwatch",
  "ecr",
  "efs",
  "events",
  "iam",
  "kms",
  "lambda",
  "logs",
  "network",
  "s3",
  "sns",
  "sqs",
  "stack",
].map((name) => `./modules/${name}`);

const zones = [
  {
    target: "./modules/contract",
    from: ".",
    except: ["./modules/contract"],
    message:
      "modules/contract -> nothing: it is shared by modules, functions and images and imports none of them.",
  },
  {
    target: ["./modules/ledger", "./modules/batch-reasons"],
    from: ".",
    except: SHARED,
    message:
      "modules/ledger and modules/batch-reasons -> modules/contract only: they become part of zips and images.",
  },
  {
    target: "./modules/core",
    from: ".",
    except: ["./modules/core", "./node_modules"],
    message:
      "modules/core -> cdktf and constructs only: names and errors know nothing of what uses them.",
  },
  {
    target: "./modules/config",
    from: "./modules",
    except: ["./config", "./contract", "./core", "./iam/catalog/actions.ts"],
    message:
      "modules/config -> modules/core, modules/contract and the names of actions only: a partner file is read without building anything.",
  },
  {
    target: SERVICES,
    from: [
      "./modules/app",
      "./modules/bootstrap",
      "./modules/partner-ingest",
      "./modules/platform",
    ],
    message:
      "modules/<service> -> modules/core: a service module never imports the stacks that are built of it.",
  },
  {
    target: ["./modules/bootstrap", "./modules/platform"],
    from: ["./modules/app", "./modules/partner-ingest"],
    message: "platform and bootstrap -> services: the platform does not know its partners' stacks.",
  },
  {
    target: "./modules/partner-ingest",
    from: ["./modules/app", "./modules/bootstrap", "./modules/platform"],
    message:
      "modules/partner-ingest -> services: a partner's stack knows the platform through its facts only.",
  },
  {
    target: "./modules",
    from: [
      "./__tests__",
      "./cli",
      "./environments",
      "./functions",
      "./images",
      "./local",
      "./main.ts",
      "./partners",
      "./terraform",
    ],
    message:
      "modules -> modules only: functions and images are assets, named by their path; commands are above.",
  },
  {
    target: "./functions/!(unpack)/**/*",
    from: ".",
    except: ["./functions", ...SHARED, "./node_modules"],
    message:
      "functions -> modules/contract, ledger and batch-reasons: nothing else of this repository belongs in a zip.",
  },
  {
    // It is the worker in another place: the same code with the same checks.
    target: "./functions/unpack",
    from: ".",
    except: ["./functions/unpack", "./images/worker/src", ...SHARED, "./node_modules"],
    message:
      "functions/unpack -> images/worker/src, modules/contract, ledger and batch-reasons: it is the worker's core in a zip.",
  },
  {
    target: "./images",
    from: ".",
    except: ["./images", ...SHARED, "./node_modules"],
    message:
      "images -> modules/contract, ledger and batch-reasons: nothing else of this repository belongs in an image.",
  },
  {
    target: ["./cli", "./local", "./terraform"],
    from: ["./functions", "./images"],
    message:
      "cli, local, terraform -> modules: functions and images are run as they are deployed, never imported.",
  },
  {
    target: ["./local", "./terraform"],
    from: "./cli",
    message: "cli -> local and terraform, not back: the libraries do not know the commands.",
  },
  {
    target: ["./environments", "./partners"],
    from: ".",
    except: ["./modules", "./node_modules"],
    message: "partners and environments -> modules: they are settings, apart from each other.",
  },
];

const BARE_PROVIDER = {
  name: "@cdktf/provider-aws",
  message:
    "Import the resource by its deep path (@cdktf/provider-aws/lib/<resource>): the root costs 2 seconds and 500 MB.",
};

/** @param {string} regex @param {string} message */
const withoutPackages = (regex, message) => [
  "error",
  { paths: [BARE_PROVIDER], patterns: [{ regex, message }] },
];

export default tseslint.config(
  {
    ignores: [
      "**/dist/",
      "**/node_modules/",
      "**/cdktf.out/",
      ".partner-ingest/",
      "coverage/",
      "**/*.js",
      "**/*.mjs",
      "**/*.cjs",
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    files: ["**/*.ts"],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "import-x": importX, jsdoc },
    settings: {
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js", ".json"] })],
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "import-x/no-duplicates": ["error", { "prefer-inline": true }],
      "import-x/no-self-import": "error",
      "import-x/order": [
        "error",
        {
          groups: ["builtin", "external", "parent", ["sibling", "index"]],
          alphabetize: { order: "asc", caseInsensitive: true },
          "newlines-between": "never",
        },
      ],
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
      "no-restricted-imports": ["error", { paths: [BARE_PROVIDER] }],
      "max-lines": ["warn", { max: 400 }],
    },
  },
  {
    files: ["modules/**/*.ts"],
    rules: {
      "jsdoc/require-jsdoc": [
        "error",
        {
          publicOnly: true,
          require: { ClassDeclaration: true, FunctionDeclaration: true },
          contexts: [
            "TSInterfaceDeclaration",
            "TSTypeAliasDeclaration",
            "ExportNamedDeclaration > VariableDeclaration",
          ],
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message:
            "A construct is a function of its props: read the environment in main.ts or cli/.",
        },
      ],
    },
  },
  {
    files: ["modules/{contract,ledger,batch-reasons}/**/*.ts"],
    rules: {
      "no-restricted-imports": withoutPackages(
        String.raw`^(?!node:|\.)`,
        "modules/contract -> nothing: no package either, it becomes part of every zip and image.",
      ),
    },
  },
  {
    files: ["modules/core/**/*.ts"],
    rules: {
      "no-restricted-imports": withoutPackages(
        String.raw`^(?!node:|\.|cdktf$|constructs$)`,
        "modules/core -> cdktf and constructs only.",
      ),
    },
  },
  {
    files: ["functions/**/*.ts", "images/**/*.ts"],
    rules: {
      "no-restricted-imports": withoutPackages(
        "^(cdktf|constructs|@cdktf)(/|$)",
        "functions and images -> modules/contract: what builds the Terraform does not run in them.",
      ),
    },
  },
);
