import { statSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../../modules/core";
import { isDirectory, type Machine, subdirectories, thisMachine } from "../machine";

/** Names the directory of a provider mirror outright. */
export const PROVIDER_MIRROR_VARIABLE = "PARTNER_INGEST_PROVIDER_MIRROR";

/** Address of the AWS provider, also its directory in a mirror. */
export const AWS_PROVIDER = "registry.terraform.io/hashicorp/aws";

/**
 * Finds a directory that holds the AWS provider in a version, in the layout of Terraform's file system mirrors, unpacked
 * or packed. `undefined` when there is none: Terraform then asks its registry.
 *
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
 * @throws ConfigError when the variable names a directory without it
 */
export function findProviderMirror(
  version: string,
  machine: Machine = thisMachine(),
): string | undefined {
  const named = machine.env[PROVIDER_MIRROR_VARIABLE];
  if (named === undefined || named === "")
    return searchRoots(machine).find((root) => holdsProvider(root, version, machine));
  if (holdsProvider(named, version, machine)) return path.resolve(named);
  throw new ConfigError(
    `${PROVIDER_MIRROR_VARIABLE} must be a directory with ${AWS_PROVIDER}/${version}/${target(machine)}, got ${JSON.stringify(named)}; correct it or unset it`,
  );
}

/** Where installers, administrators and Terraform itself put providers. */
function searchRoots(machine: Machine): readonly string[] {
  const { env, home } = machine;
  const shared = [
    env["XDG_DATA_HOME"] ?? path.join(home, ".local/share"),
    ...(env["XDG_DATA_DIRS"] ?? "/usr/local/share:/usr/share").split(":"),
  ].filter((directory) => path.isAbsolute(directory));
  return [
    ...(env["TF_PLUGIN_CACHE_DIR"] === undefined ? [] : [env["TF_PLUGIN_CACHE_DIR"]]),
    path.join(home, ".terraform.d/plugins"),
    path.join(home, ".terraform.d/plugin-cache"),
    path.join(home, "Library/Application Support/io.terraform/plugins"),
    ...(env["APPDATA"] === undefined ? [] : [path.join(env["APPDATA"], "terraform.d/plugins")]),
    ...shared.map((directory) => path.join(directory, "terraform/plugins")),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    ...optRoots(),
  ];
}

/** Anything below /opt: the place for software that no distribution owns. */
function optRoots(): readonly string[] {
  return subdirectories("/opt").flatMap((name) => {
    const directory = path.join("/opt", name);
    return [directory, path.join(directory, "plugins"), path.join(directory, "providers")];
  });
}

function holdsProvider(root: string, version: string, machine: Machine): boolean {
  const provider = path.join(root, AWS_PROVIDER);
  const packed = path.join(provider, `terraform-provider-aws_${version}_${target(machine)}.zip`);
  return (
    isDirectory(path.join(provider, version, target(machine))) ||
    statSync(packed, { throwIfNoEntry: false })?.isFile() === true
  );
}

/** Terraform's word for platform and architecture. */
function target(machine: Machine): string {
  const os = machine.platform === "win32" ? "windows" : machine.platform;
  const arch = { x64: "amd64", ia32: "386" }[machine.arch] ?? machine.arch;
  return `${os}_${arch}`;
}
