import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Image } from "./build";

const NEEDED = ["mmdebstrap", "chroot", "unshare"] as const;

/** Says what of this machine keeps images from being tried. */
export function missing(): readonly string[] {
  const has = (program: string): boolean =>
    (process.env["PATH"] ?? "")
      .split(":")
      .some((directory) => existsSync(join(directory, program)));
  return [
    ...(process.getuid?.() === 0 ? [] : ["root's rights, for chroot and mounts"]),
    ...NEEDED.filter((program) => !has(program)).map((program) => `the program ${program}`),
  ];
}

/**
 * Makes what stands for the image of Node: Debian's smallest system with the Node of this machine, and what the
 * real image brings and the Dockerfile removes.
 */
export function nodeBase(root: string): Image {
  execFileSync(
    "mmdebstrap",
    ["--quiet", "--variant=minbase", "--include=libstdc++6", "bookworm", root],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  // Where this machine takes packages from, a RUN takes them from, too.
  for (const name of ["apt", "resolv.conf", "ssl/certs"])
    if (existsSync(`/etc/${name}`))
      cpSync(`/etc/${name}`, join(root, "etc", name), { recursive: true, dereference: true });
  copyFileSync(process.execPath, join(root, "usr/local/bin/node"));
  mkdirSync(join(root, "usr/local/lib/node_modules/npm"), { recursive: true });
  writeFileSync(join(root, "usr/local/lib/node_modules/npm/index.js"), "");
  mkdirSync(join(root, "opt/yarn-v1/bin"), { recursive: true });
  for (const name of ["npm", "npx", "corepack", "yarn", "yarnpkg"])
    symlinkSync("../lib/node_modules/npm/index.js", join(root, "usr/local/bin", name));
  return { root, environment: {}, user: "0:0", entrypoint: [], volumes: [] };
}
