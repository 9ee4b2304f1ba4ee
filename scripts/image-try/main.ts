import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeWorkerContext } from "../../images/worker/context";
import { missing, nodeBase } from "./base";
import { build, type Image } from "./build";
import { photoChecks, workerChecks, type Check } from "./checks";

const HELP = `npm run image:try

Executes the instructions of the Dockerfiles of the worker and of the photo image in root file systems that are made
of Debian's packages, and runs what they give. Needs Debian or a relative of it, mmdebstrap and root's rights; no Docker.
Ends with 1 when a check fails, with 3 when this machine lacks something.`;

const IMAGES = join(__dirname, "../../images");

async function main(): Promise<number> {
  if (process.argv.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const lacks = missing();
  if (lacks.length > 0) {
    console.error(`images can not be tried on this machine, it lacks: ${lacks.join("; ")}`);
    return 3;
  }
  const place = mkdtempSync(join(tmpdir(), "image-try-"));
  try {
    console.log("making what stands for the image of Node");
    const node = nodeBase(join(place, "node"));
    const context = join(place, "context");
    writeWorkerContext(context);
    const worker = made("worker", {
      dockerfile: join(context, "Dockerfile"),
      context,
      arguments: { NODE_IMAGE: "node" },
      bases: { node },
    });
    const failed = await holds("worker", workerChecks(worker));
    const photo = made("photo", {
      dockerfile: join(IMAGES, "photo/Dockerfile"),
      context: join(IMAGES, "photo"),
      arguments: { WORKER_IMAGE: "worker" },
      bases: { worker },
    });
    return failed + (await holds("photo", photoChecks(photo))) === 0 ? 0 : 1;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }

  function made(name: string, work: Omit<Parameters<typeof build>[0], "into">): Image {
    const into = join(place, `${name}-stages`);
    mkdirSync(into);
    return build({ ...work, into }, (line) => {
      console.log(`${name}: ${line}`);
    });
  }
}

/** Returns how many do not hold. */
async function holds(image: string, checks: readonly Check[]): Promise<number> {
  let failed = 0;
  for (const [name, check] of checks)
    try {
      await check();
      console.log(`${image}: holds: ${name}`);
    } catch (error) {
      failed += 1;
      console.error(`${image}: does not hold: ${name}: ${String(error)}`);
    }
  return failed;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
