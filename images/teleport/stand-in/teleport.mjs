#!/usr/bin/env node
// Stand-in of a record label's delivery program, twin of Teleport.java: same arguments, output and exit codes.
// Node alone, no packages. See README.md for the protocol.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const EXIT = { usage: 2, unavailable: 3, checksum: 4, incomplete: 5, unknownOrder: 6, refused: 7 };
const TRIES = 4;
const WAIT_MS = 300;
const PROGRESS_MS = 1000;

class Ending extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const say = (text) => process.stdout.write(`${text}\n`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function main(args) {
  const [command, ...rest] = args;
  if (command === "list") return list(options(rest, ["--since"]));
  if (command === "fetch") return fetchOrder(options(rest, ["--order", "--into"], ["--no-verify"]));
  throw new Ending(
    EXIT.usage,
    "usage: teleport fetch --order ID --into DIR [--no-verify] | teleport list [--since DAY]",
  );
}

function options(args, withValue, flags = []) {
  const found = {};
  for (let at = 0; at < args.length; at += 1) {
    const name = args[at];
    if (flags.includes(name)) found[name] = true;
    else if (withValue.includes(name) && at + 1 < args.length) found[name] = args[(at += 1)];
    else throw new Ending(EXIT.usage, `unknown option or missing value: ${name}`);
  }
  return found;
}

async function list(given) {
  const query =
    given["--since"] === undefined ? "" : `?since=${encodeURIComponent(given["--since"])}`;
  const text = await getText(`/v1/orders${query}`);
  for (const line of lines(text)) say(decodeURIComponent(line));
}

async function fetchOrder(given) {
  const order = given["--order"];
  const into = given["--into"];
  if (!order || !into) throw new Ending(EXIT.usage, "fetch needs --order and --into");
  const base = `/v1/orders/${encodeURIComponent(order)}`;
  const files = lines(await getText(base)).map(parseEntry);
  say(`order has ${files.length} files, ${files.reduce((sum, file) => sum + file.size, 0)} bytes`);
  await mkdir(into, { recursive: true });
  let number = 0;
  for (const file of files) {
    number += 1;
    await fetchFile(base, into, file, `${number}/${files.length}`, given["--no-verify"] === true);
  }
  await writeSums(into, files);
  say("order is complete");
}

function parseEntry(line) {
  const [sha256, md5, size, path] = line.split(" ");
  const decoded = decodeURIComponent(path ?? "");
  const segments = decoded.split("/");
  if (decoded === "" || segments.some((name) => name === "" || name === "." || name === ".."))
    throw new Ending(
      1,
      `the server lists a path that leads out of the order: ${JSON.stringify(decoded)}`,
    );
  return { sha256, md5, size: Number(size), path: decoded };
}

async function fetchFile(base, into, file, position, trusting) {
  const target = join(into, file.path);
  const partial = `${target}.part`;
  await mkdir(dirname(target), { recursive: true });
  if (
    (await sizeOf(target)) === file.size &&
    (trusting || (await sha256Of(target)) === file.sha256)
  ) {
    say(`file ${position} ${JSON.stringify(file.path)} is there already`);
    return;
  }
  for (let tries = 1; ; tries += 1) {
    await download(base, partial, file, position);
    if (trusting || (await sha256Of(partial)) === file.sha256) break;
    await rm(partial);
    if (tries === 2)
      throw new Ending(EXIT.checksum, `wrong checksum twice: ${JSON.stringify(file.path)}`);
    say(`file ${position} ${JSON.stringify(file.path)} has a wrong checksum, once more`);
  }
  await rename(partial, target);
  say(`file ${position} ${JSON.stringify(file.path)} is complete, ${file.size} bytes`);
}

async function download(base, partial, file, position) {
  if (file.size === 0) await writeFile(partial, "");
  for (let tries = 1; ; tries += 1) {
    const have = (await sizeOf(partial)) ?? 0;
    if (have === file.size) return;
    if (have > file.size) {
      await rm(partial);
      continue;
    }
    if (tries > TRIES)
      throw new Ending(
        EXIT.incomplete,
        `${JSON.stringify(file.path)} broke off ${TRIES} times at ${have} of ${file.size} bytes`,
      );
    if (have > 0)
      say(`file ${position} ${JSON.stringify(file.path)} goes on at ${have} of ${file.size} bytes`);
    const path = `${base}/files/${file.path.split("/").map(encodeURIComponent).join("/")}`;
    const response = await request(path, have > 0 ? { range: `bytes=${have}-` } : {});
    const from = response.status === 206 ? have : 0;
    const sink = await open(partial, from === 0 ? "w" : "a");
    let done = from;
    let told = Date.now();
    try {
      for await (const chunk of response.body) {
        await sink.write(chunk);
        done += chunk.length;
        if (Date.now() - told < PROGRESS_MS) continue;
        told = Date.now();
        say(`file ${position} ${JSON.stringify(file.path)} ${done} of ${file.size} bytes`);
      }
    } catch (error) {
      // Running out of disk is no broken connection.
      if (error?.syscall === "write") throw new Ending(1, `can not write: ${error.message}`);
    } finally {
      await sink.close();
    }
    if (done < file.size) await sleep(WAIT_MS);
  }
}

async function writeSums(into, files) {
  const own = new Set(["SHA256SUMS", "delivery.md5"]);
  const listed = files.filter(({ path }) => !own.has(path));
  const write = (name, key) =>
    writeFile(join(into, name), listed.map((file) => sumLine(file[key], file.path)).join(""));
  await write("SHA256SUMS", "sha256");
  await write("delivery.md5", "md5");
}

function sumLine(sum, path) {
  const escaped = path.replace(/[\\\n\r]/g, (c) =>
    c === "\\" ? "\\\\" : c === "\n" ? "\\n" : "\\r",
  );
  return `${escaped === path ? "" : "\\"}${sum}  ${escaped}\n`;
}

async function getText(path) {
  return (await request(path)).text();
}

async function request(path, headers = {}) {
  const url = process.env.TELEPORT_URL;
  const token = process.env.TELEPORT_TOKEN;
  if (!url || !token) throw new Ending(EXIT.usage, "TELEPORT_URL and TELEPORT_TOKEN must be set");
  for (let tries = 1; ; tries += 1) {
    const answer = await ask(`${url}${path}`, { ...headers, authorization: `Bearer ${token}` });
    if (typeof answer !== "string") return answer;
    if (tries === TRIES) throw new Ending(EXIT.unavailable, `server is unavailable: ${answer}`);
    await sleep(WAIT_MS);
  }
}

// A response, or a text that says why to try again.
async function ask(url, headers) {
  let response;
  try {
    response = await fetch(url, { headers });
  } catch (error) {
    return String(error?.cause?.code ?? error?.message ?? error);
  }
  const { status } = response;
  if (status === 200 || status === 206) return response;
  await response.body?.cancel();
  if (status === 404) throw new Ending(EXIT.unknownOrder, "server does not know the order");
  if (status === 401 || status === 403) throw new Ending(EXIT.refused, "server refuses the token");
  if (status >= 500 || status === 429) return `HTTP ${status}`;
  throw new Ending(1, `unexpected answer: HTTP ${status}`);
}

function lines(text) {
  return text.split("\n").filter((line) => line !== "");
}

async function sizeOf(path) {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

async function sha256Of(path) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`teleport: ${error.message}\n`);
  process.exitCode = error instanceof Ending ? error.code : 1;
});
