// catalog collect STAGING | catalog feed INPUT OUTPUT | catalog pictures INPUT OUTPUT
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** The server is down or busy: the step's `tryLaterCodes` names it. */
const TRY_LATER = 3;

class TryLater extends Error {}

async function get(url) {
  let answer;
  try {
    answer = await fetch(url);
  } catch (error) {
    throw new TryLater(`${url} can not be reached: ${error.cause?.message ?? error.message}`);
  }
  if (answer.status === 429 || answer.status >= 500)
    throw new TryLater(`${url} answers ${answer.status}`);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return answer;
}

/** Writes what an address answers to a file, however large it is; returns its SHA-256. */
async function download(url, file) {
  const { body } = await get(url);
  const hash = createHash("sha256");
  await mkdir(path.dirname(file), { recursive: true });
  await pipeline(
    Readable.fromWeb(body),
    async function* (pieces) {
      for await (const piece of pieces) {
        hash.update(piece);
        yield piece;
      }
    },
    createWriteStream(file),
  );
  return hash.digest("hex");
}

/** The shop tells the files of today's catalog with their sums; each is loaded, and its sum is kept beside it. */
async function collect(staging) {
  const base = process.env.CATALOG_URL;
  if (!base) throw new Error("the variable CATALOG_URL is missing");
  const files = await (await get(`${base}/files`)).json();
  for (const { path: name, sha256 } of files) {
    const sum = await download(
      `${base}/files/${name.split("/").map(encodeURIComponent).join("/")}`,
      path.join(staging, name),
    );
    if (sum !== sha256) throw new Error(`${name} came with the SHA-256 ${sum}, expected ${sha256}`);
  }
  const lines = files.map(({ path: name, sha256 }) => `${sha256}  ${name}\n`);
  await writeFile(path.join(staging, "SHA256SUMS"), lines.join(""));
}

const COLUMNS = ["id", "title", "price", "link", "image"];
const cell = (value) => String(value ?? "").replace(/[\t\r\n]+/gu, " ");

/** One line for each product that can be bought, in the form that the medium reads; line by line, for it is large. */
async function feed(input, output) {
  const lines = createInterface({ input: createReadStream(path.join(input, "catalog.jsonl")) });
  let products = 0;
  async function* rows() {
    yield `${COLUMNS.join("\t")}\n`;
    for await (const line of lines) {
      if (line === "") continue;
      const product = JSON.parse(line);
      if (product.soldOut === true) continue;
      products += 1;
      yield `${COLUMNS.map((name) => cell(product[name])).join("\t")}\n`;
    }
  }
  await pipeline(Readable.from(rows()), createWriteStream(path.join(output, "feed.tsv")));
  if (products === 0) throw new Error("the catalog holds no product that can be bought");
  process.stdout.write(`${products} products\n`);
}

/** Pictures under names that follow from their content, so that a medium's cache never shows an old one; and the list. */
async function pictures(input, output) {
  const directory = path.join(input, "images");
  const list = [];
  for (const name of (await readdir(directory)).sort()) {
    const hash = createHash("sha256");
    for await (const piece of createReadStream(path.join(directory, name))) hash.update(piece);
    const kept = `${hash.digest("hex").slice(0, 32)}${path.extname(name)}`;
    await copyFile(path.join(directory, name), path.join(output, kept));
    list.push(`images/${name}\t${kept}\n`);
  }
  await writeFile(path.join(output, "pictures.tsv"), list.join(""));
}

const verbs = { collect, feed, pictures };
const [verb, ...rest] = process.argv.slice(2);
try {
  if (!(verb in verbs)) throw new Error(`no verb of collect, feed, pictures: ${verb}`);
  await verbs[verb](...rest);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof TryLater ? TRY_LATER : 1;
}
