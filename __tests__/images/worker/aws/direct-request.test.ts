import { once } from "node:events";
import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { sendDirect, type DirectRequest } from "../../../../images/worker/src/aws/direct-request";
import { startS3, type LocalS3 } from "../../../../local/s3";
import { TEST_TLS } from "../../../local/s3/support/tls";

const BODY = Buffer.alloc(3_000_000, "0123456789");
const forever = new AbortController().signal;
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function requestTo(endpoint: string, path = "/bucket/k"): DirectRequest {
  const { hostname, port, protocol } = new URL(endpoint);
  return {
    secure: protocol === "https:",
    hostname,
    port: Number(port),
    method: "PUT",
    path,
    headers: { "content-length": String(BODY.length) },
    body: BODY,
  };
}

async function started(tls?: typeof TEST_TLS): Promise<LocalS3> {
  const s3 = await startS3({
    buckets: [{ name: "bucket" }],
    ...(tls === undefined ? {} : { tls }),
  });
  open.push(s3);
  return s3;
}

test("sends a body over TLS in pieces, all of it", async () => {
  const s3 = await started(TEST_TLS);
  const agent = new TlsAgent({ keepAlive: true, ca: TEST_TLS.cert });
  open.push({
    close: () => {
      agent.destroy();
    },
  });
  const { etag } = await sendDirect(requestTo(s3.endpoint), {
    agent,
    idleMs: 60_000,
    signal: forever,
  });
  expect(etag).toMatch(/^".+"$/u);
  expect((await s3.read("bucket", "k")).equals(BODY)).toBe(true);
});

test("does not send to a server that nobody vouches for", async () => {
  const s3 = await started(TEST_TLS);
  const agent = new TlsAgent({ keepAlive: true });
  open.push({
    close: () => {
      agent.destroy();
    },
  });
  await expect(
    sendDirect(requestTo(s3.endpoint), { agent, idleMs: 60_000, signal: forever }),
  ).rejects.toThrow("self-signed certificate");
  expect(s3.keys("bucket")).toEqual([]);
});

test("fails with the status of an answer other than 200", async () => {
  const s3 = await started();
  const agent = new Agent({ keepAlive: true });
  open.push({
    close: () => {
      agent.destroy();
    },
  });
  await expect(
    sendDirect(requestTo(s3.endpoint, "/other/k"), { agent, idleMs: 60_000, signal: forever }),
  ).rejects.toMatchObject({ name: "DirectRefusal", status: 404 });
});

async function silent(onBytes: () => void): Promise<string> {
  const server: Server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", onBytes);
    open.push({
      close: () => {
        socket.destroy();
      },
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push({
    close: () => {
      server.close();
    },
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

test("gives up when nothing moves, and when it is told to", async () => {
  const agent = new Agent({ keepAlive: true });
  open.push({
    close: () => {
      agent.destroy();
    },
  });
  const stop = new AbortController();
  const endpoint = await silent(() => undefined);
  await expect(
    sendDirect(requestTo(endpoint), { agent, idleMs: 50, signal: forever }),
  ).rejects.toThrow("nothing moved for 50 ms");
  const stopping = await silent(() => {
    stop.abort();
  });
  const told = { agent, idleMs: 60_000, signal: stop.signal };
  await expect(sendDirect(requestTo(stopping), told)).rejects.toThrow("the request was stopped");
  await expect(sendDirect(requestTo(stopping), told)).rejects.toThrow("the request was stopped");
});
