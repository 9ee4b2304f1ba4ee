import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { MissingToolError } from "../../../modules/core";
import type { Machine } from "../../../terraform/machine";
import { cliConfig } from "../../../terraform/tools/cli-config";
import { findProviderMirror } from "../../../terraform/tools/find-provider-mirror";
import { findTerraform } from "../../../terraform/tools/find-terraform";

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "find-tools-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const VERSION = "9.8.7";

function machine(changes: Partial<Machine> = {}): Machine {
  return { platform: "linux", arch: "x64", home: path.join(root, "home"), env: {}, ...changes };
}

function program(directory: string, name: string, mode = 0o755): string {
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, name);
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, mode);
  return file;
}

function unpackedProvider(mirror: string, target: string): string {
  const name = path.join(mirror, "registry.terraform.io/hashicorp/aws", VERSION, target);
  mkdirSync(name, { recursive: true });
  return mirror;
}

describe("terraform", () => {
  test("is the first executable file of that name on the PATH", () => {
    program(path.join(root, "a"), "terraform", 0o644);
    mkdirSync(path.join(root, "b/terraform"), { recursive: true });
    const found = program(path.join(root, "c"), "terraform");
    const path_ = ["a", "b", "c"].map((name) => path.join(root, name)).join(":");
    expect(findTerraform(machine({ env: { PATH: path_ } }))).toBe(found);
  });

  test.each([
    [
      "linux" as const,
      "terraform is not on the PATH, 1.10.0 or newer is needed; install it from your distribution's HashiCorp repository, or put the program on the PATH: https://developer.hashicorp.com/terraform/install",
    ],
    [
      "darwin" as const,
      `terraform is not on the PATH, 1.10.0 or newer is needed; install it with "brew install hashicorp/tap/terraform", or see https://developer.hashicorp.com/terraform/install`,
    ],
    [
      "win32" as const,
      `terraform is not on the PATH, 1.10.0 or newer is needed; install it with "winget install Hashicorp.Terraform", or see https://developer.hashicorp.com/terraform/install`,
    ],
  ])("fails on %s with how to get it", (platform, message) => {
    const find = (): string => findTerraform(machine({ platform, env: { PATH: root } }));
    expect(find).toThrow(new MissingToolError(message));
    expect(find).toThrow(MissingToolError);
  });
});

describe("the provider mirror", () => {
  test.each([
    ["home", (m: Machine) => path.join(m.home, ".terraform.d/plugins"), {}],
    ["the plugin cache", () => path.join(root, "cache"), { TF_PLUGIN_CACHE_DIR: "cache" }],
    ["XDG data", () => path.join(root, "xdg/terraform/plugins"), { XDG_DATA_HOME: "xdg" }],
    ["shared data", () => path.join(root, "all/terraform/plugins"), { XDG_DATA_DIRS: "all" }],
    ["the variable", () => path.join(root, "own"), { PARTNER_INGEST_PROVIDER_MIRROR: "own" }],
  ])("is found through %s", (_, where, variables) => {
    const env = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, path.join(root, value)]),
    );
    const here = machine({ env });
    const mirror = unpackedProvider(where(here), "linux_amd64");
    expect(findProviderMirror(VERSION, here)).toBe(mirror);
  });

  test("is found packed, too", () => {
    const here = machine({ platform: "darwin", arch: "arm64" });
    const mirror = path.join(here.home, ".terraform.d/plugins");
    const provider = path.join(mirror, "registry.terraform.io/hashicorp/aws");
    mkdirSync(provider, { recursive: true });
    const zip = `terraform-provider-aws_${VERSION}_darwin_arm64.zip`;
    writeFileSync(path.join(provider, zip), "");
    expect(findProviderMirror(VERSION, here)).toBe(mirror);
  });

  test("does not count with another version or another platform", () => {
    const here = machine();
    unpackedProvider(path.join(here.home, ".terraform.d/plugins"), "windows_386");
    expect(findProviderMirror(VERSION, here)).toBeUndefined();
    expect(findProviderMirror("9.8.6", machine({ platform: "win32", arch: "ia32" }))).toBe(
      undefined,
    );
  });

  test("fails when the variable names a directory without the provider", () => {
    const env = { PARTNER_INGEST_PROVIDER_MIRROR: "/nowhere" };
    expect(() => findProviderMirror(VERSION, machine({ env }))).toThrow(
      `PARTNER_INGEST_PROVIDER_MIRROR must be a directory with registry.terraform.io/hashicorp/aws/9.8.7/linux_amd64, got "/nowhere"; correct it or unset it`,
    );
  });
});

describe("the CLI configuration", () => {
  test("takes the AWS provider from the mirror and all others from where they come from", () => {
    expect(cliConfig({ mirror: "/a mirror", cache: "/cache" })).toBe(
      `disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path    = "/a mirror"
    include = ["registry.terraform.io/hashicorp/aws"]
  }
  direct {
    exclude = ["registry.terraform.io/hashicorp/aws"]
  }
}
`,
    );
  });

  test("without a mirror downloads once for all stacks", () => {
    expect(cliConfig({ mirror: undefined, cache: "/cache" })).toBe(
      `plugin_cache_dir = "/cache"
plugin_cache_may_break_dependency_lock_file = true
disable_checkpoint = true
`,
    );
  });
});
