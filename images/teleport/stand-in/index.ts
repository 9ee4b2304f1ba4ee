import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shellQuoted } from "../../shell-quoted";
import type { RunningStandIn, StandIn, StandInOptions } from "../../stand-in";
import { startLabelServer } from "./label-server";
import { DEFAULT_ORDER } from "./orders";

/** Where the image holds the program. */
export const TELEPORT_PATH = "/opt/teleport/bin/teleport";

/** The oldest Java that compiles the stand-in. */
const JAVA = 17;

/** The label's server, and its program `teleport`. */
export const standIn: StandIn = { start };

/**
 * Makes the content of an executable that runs the program.
 *
 * @param classes - directory of the compiled Java program, or `undefined` to run its twin on Node
 */
export function teleportScript(classes: string | undefined): string {
  const command =
    classes === undefined
      ? [process.execPath, sourcePath("teleport.mjs")]
      : ["java", "-XX:TieredStopAtLevel=1", "-cp", classes, "Teleport"];
  return [
    "#!/bin/sh",
    // Without a UTF-8 locale Java can neither read arguments nor write file names beyond ASCII.
    "export LC_ALL=C.UTF-8",
    `exec ${command.map(shellQuoted).join(" ")} "$@"`,
    "",
  ].join("\n");
}

/** Compiles the Java program; returns why it can not, for people, when it can not. */
export function compileTeleport(
  directory: string,
): { readonly version: number } | { readonly fault: string } {
  try {
    const told = execFileSync("javac", ["-version"], { encoding: "utf8", stdio: "pipe" });
    const version = Number(/javac (\d+)/u.exec(told)?.[1] ?? 0);
    if (version < JAVA) return { fault: `Java ${String(version)} is older than ${String(JAVA)}` };
    execFileSync("javac", ["-d", directory, sourcePath("Teleport.java")], { stdio: "pipe" });
    // A compiler alone does not run it; and both may be of different versions.
    execFileSync("java", ["-version"], { stdio: "pipe" });
    return { version };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

async function start(options: StandInOptions = {}): Promise<RunningStandIn> {
  const wanted = options.runtime ?? "auto";
  const directory = await mkdtemp(join(tmpdir(), "teleport-"));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const java = wanted === "node" ? { fault: "not wanted" } : compileTeleport(directory);
  if (wanted === "own" && "fault" in java) {
    await remove();
    throw new Error(
      `the stand-in's Java program can not be used: ${java.fault}; install a JDK ${String(JAVA)} or take runtime "node"`,
    );
  }
  const server = await startLabelServer();
  return {
    environment: { TELEPORT_URL: server.url, TELEPORT_TOKEN: server.token },
    root: { [TELEPORT_PATH]: teleportScript("version" in java ? directory : undefined) },
    defaultOrder: DEFAULT_ORDER,
    runtime: "version" in java ? `java ${String(java.version)}` : "node",
    close: async () => {
      await server.close();
      await remove();
    },
  };
}

/** Finds a file beside this one: in the sources, also when this module runs compiled. */
function sourcePath(name: string): string {
  const candidates = [
    join(__dirname, name),
    join(__dirname, "../../../../images/teleport/stand-in", name),
  ];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(`the stand-in's ${name} is missing, looked for ${candidates.join(" and ")}`);
  return found;
}
