import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { shellQuoted } from "../../shell-quoted";
import type { RunningStandIn, StandIn } from "../../stand-in";
import { catalogOf, sha256Of } from "./shop";

/** Where the image holds the program. */
export const CATALOG_PATH = "/opt/catalog/bin/catalog";

/** Products of the shop on one machine. */
const PRODUCTS = 200;

/** The shop's server; the program is our own, and runs as it is in the image. */
export const standIn: StandIn = { start: () => startShop(catalogOf(PRODUCTS)) };

/** Starts a shop with these files. */
export async function startShop(files: Readonly<Record<string, Buffer>>): Promise<RunningStandIn> {
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? "").replace(/^\/files\/?/u, ""));
    const body = name === "" ? listOf(files) : files[name];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    environment: { CATALOG_URL: `http://127.0.0.1:${String(port)}` },
    root: { [CATALOG_PATH]: script() },
    defaultOrder: "2026-03-01",
    runtime: "node",
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function listOf(files: Readonly<Record<string, Buffer>>): string {
  return JSON.stringify(
    Object.entries(files).map(([path, content]) => ({ path, sha256: sha256Of(content) })),
  );
}

function script(): string {
  const program = join(__dirname, "../catalog.mjs");
  return `#!/bin/sh\nexec ${shellQuoted(process.execPath)} ${shellQuoted(program)} "$@"\n`;
}
