import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseDockerfile, stagesOf, type Instruction } from "./dockerfile";

/** A root file system and what a container runtime would be told of it. */
export interface Image {
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly volumes: readonly string[];
}

/** What is built. */
export interface Build {
  readonly dockerfile: string;
  /** Directory that COPY takes files from. */
  readonly context: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** Images by the name that an argument gives them. */
  readonly bases: Readonly<Record<string, Image>>;
  /** An empty directory for the stages. */
  readonly into: string;
}

/**
 * Executes the instructions of a Dockerfile in root file systems, one for each stage, by chroot. It knows what the
 * Dockerfiles of this repository use, and refuses anything else; there are no layers, no cache and no digest.
 */
export function build(work: Build, tell: (line: string) => void): Image {
  const built = new Map<string, Image>();
  let image: Image | undefined;
  for (const [index, [from, ...rest]] of stagesOf(
    parseDockerfile(readFileSync(work.dockerfile, "utf8")),
  ).entries()) {
    const [reference = "", , name = String(index)] = fill(from.text, work.arguments).split(" ");
    const base = built.get(reference) ?? work.bases[reference];
    if (base === undefined) throw new Error(`there is no image ${JSON.stringify(reference)}`);
    const root = join(work.into, name);
    tell(`FROM ${from.text}`);
    mkdirSync(root);
    execFileSync("cp", ["--archive", "--reflink=auto", `${base.root}/.`, root]);
    image = { ...base, root };
    const given: Record<string, string> = {};
    for (const instruction of rest) {
      tell(`${instruction.name} ${instruction.text}`);
      image = execute(instruction, image, { work, built, given });
    }
    built.set(name, image);
  }
  if (image === undefined) throw new Error(`${work.dockerfile} has no FROM`);
  return image;
}

interface Surroundings {
  readonly work: Build;
  readonly built: ReadonlyMap<string, Image>;
  /** Arguments that the stage has declared. */
  readonly given: Record<string, string>;
}

function execute({ name, options, text }: Instruction, image: Image, around: Surroundings): Image {
  const { work, built, given } = around;
  const filled = fill(text, { ...given, ...image.environment });
  switch (name) {
    case "ARG": {
      const [key = "", value] = text.split("=");
      given[key] = work.arguments[key] ?? value ?? "";
      return image;
    }
    case "RUN":
      execFileSync("chroot", [`--userspec=${image.user}`, image.root, "/bin/sh", "-c", text], {
        env: { PATH, ...given, ...image.environment, DEBIAN_FRONTEND: "noninteractive" },
        stdio: ["ignore", "ignore", "inherit"],
      });
      return image;
    case "COPY":
    case "ADD": {
      const [from = "", to = ""] = filled.split(" ");
      const source = options["from"];
      const below = source === undefined ? work.context : built.get(source)?.root;
      if (below === undefined) throw new Error(`there is no stage ${JSON.stringify(source)}`);
      copy(join(below, from), join(image.root, to), options["chmod"]);
      return image;
    }
    case "ENV":
      return { ...image, environment: { ...image.environment, ...pairs(filled) } };
    case "USER":
      return { ...image, user: filled };
    case "VOLUME": {
      const volumes = JSON.parse(filled) as string[];
      for (const volume of volumes) mkdirSync(join(image.root, volume), { recursive: true });
      return { ...image, volumes: [...image.volumes, ...volumes] };
    }
    case "ENTRYPOINT":
      return { ...image, entrypoint: JSON.parse(filled) as string[] };
    case "WORKDIR":
      if (filled !== "/") throw new Error(`WORKDIR ${filled} is not supported, only /`);
      return image;
    default:
      throw new Error(`${name} is not supported: ${text}`);
  }
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** As COPY does: the files belong to root, whoever they belong to in the context. */
function copy(from: string, to: string, mode: string | undefined): void {
  mkdirSync(dirname(to), { recursive: true });
  if (!existsSync(from)) throw new Error(`${from} is not there to be copied`);
  cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  execFileSync("chown", ["--recursive", "--no-dereference", "0:0", to]);
  if (mode !== undefined) chmodSync(to, Number.parseInt(mode, 8));
}

const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{(\w+)\}/gu, (_, key: string) => values[key] ?? "");

const pairs = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(" ").map((pair): [string, string] => {
      const [key = "", ...value] = pair.split("=");
      return [key, value.join("=")];
    }),
  );
