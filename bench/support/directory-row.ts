import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { measure, median, type Measured } from "./measure";
import type { Row } from "./report";
import { startS3Process } from "./s3-process";
import { writeWideZip } from "./wide-zip";

const ENTRIES = 70_000;
const PROMISED = 20;
const MAX_PEAK_MIB = 256;

interface Told {
  readonly entries: number;
  readonly requests: number;
}

/** Compares reading the directory of a zip with very many entries with yauzl, both from S3. */
export async function directoryRow(
  directory: string,
  environment: (endpoint: string) => NodeJS.ProcessEnv,
  pairs: number,
): Promise<Row> {
  const [own, peer] = ["directory-client", "yauzl-client"].map((name) => {
    const outfile = join(directory, `${name}.js`);
    const entryPoints = [join(__dirname, `${name}.ts`)];
    buildSync({ entryPoints, outfile, bundle: true, platform: "node", target: "node20" });
    return outfile;
  });
  const zip = join(directory, "wide.zip");
  writeWideZip(zip, ENTRIES);
  const s3 = await startS3Process({});
  const told = join(directory, "directory.json");
  const env = { ...environment(s3.endpoint), TOLD: told };
  const run = async (client = ""): Promise<Measured & Told> => {
    const shell = ["-c", 'exec "$0" "$1" wide.zip > "$TOLD"', process.execPath, client];
    const measured = await measure("sh", shell, env);
    const read = JSON.parse(readFileSync(told, "utf8")) as Told;
    if (read.entries !== ENTRIES) throw new Error(`${client} found ${String(read.entries)} files`);
    return { ...measured, ...read };
  };
  const found: (readonly [Measured & Told, Measured & Told])[] = [];
  try {
    const answer = await fetch(`${s3.endpoint}/bench/wide.zip`, {
      method: "PUT",
      body: readFileSync(zip),
    });
    if (!answer.ok) throw new Error(await answer.text());
    for (let pair = 0; pair < pairs; pair += 1) found.push([await run(own), await run(peer)]);
  } finally {
    await s3.close();
  }
  const ratio = median(found.map(([mine, theirs]) => theirs.seconds / mine.seconds));
  const peak = Math.max(...found.map(([mine]) => mine.peakMiB));
  const seconds = (which: 0 | 1): string =>
    median(found.map((pair) => pair[which].seconds)).toFixed(2);
  const requests = found.map(([mine, theirs]) => [mine.requests, theirs.requests] as const)[0];
  return {
    work: "directory of 70,000 zip64 entries, HTTP, read and checked",
    peer: "yauzl, one request a read",
    found: `${ratio.toFixed(1)}x`,
    promised: `${String(PROMISED)}x, ${String(MAX_PEAK_MIB)} MiB`,
    kept: ratio >= PROMISED && peak <= MAX_PEAK_MIB,
    details: `${seconds(0)} s to ${seconds(1)} s with start-up; ${String(requests?.[0])} to ${String(requests?.[1])} GETs; peak ${peak.toFixed(0)} MiB`,
  };
}
