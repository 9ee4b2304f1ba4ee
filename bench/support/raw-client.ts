import { openSync, readdirSync, readSync, statSync } from "node:fs";
import { Agent as HttpAgent, request as http, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as https } from "node:https";
import { join } from "node:path";

const MIB = 1024 * 1024;
const PART = 8 * MIB;
const AT_ONCE = 12;
const SLICE = 256 * 1024;

/** The floor: Node's own HTTP client, no SDK, no signature, no checksum. `node raw-client.js <directory> <prefix>` */
class RawClient {
  private readonly endpoint = new URL(process.env["AWS_ENDPOINT_URL_S3"] ?? "");
  private readonly secure = this.endpoint.protocol === "https:";
  private readonly agent = this.secure
    ? new HttpsAgent({ keepAlive: true })
    : new HttpAgent({ keepAlive: true });

  async call(method: string, path: string, body?: Buffer): Promise<{ text: string; etag: string }> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = {
        method,
        agent: this.agent,
        headers: { "content-length": body?.length ?? 0 },
      };
      const url = new URL(path, this.endpoint);
      const request = this.secure ? https(url, options, resolve) : http(url, options, resolve);
      request.once("error", reject);
      for (let at = 0; body !== undefined && at < body.length; at += SLICE)
        request.write(body.subarray(at, at + SLICE));
      request.end();
    });
    const pieces: Buffer[] = [];
    for await (const piece of answer) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString("utf8");
    if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${text}`);
    return { text, etag: answer.headers.etag ?? "" };
  }
}

type Job = (buffer: Buffer) => Promise<void>;

/** Small files in one request each, large ones in parts that are completed at the end. */
function* jobs(client: RawClient, directory: string, prefix: string): Generator<Job> {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const { size } = statSync(path);
    const url = `/bench/${prefix}${name}`;
    const file = openSync(path, "r");
    if (size <= PART) {
      yield async (buffer) => {
        readSync(file, buffer, 0, size, 0);
        await client.call("PUT", url, buffer.subarray(0, size));
      };
      continue;
    }
    const begun = client.call("POST", `${url}?uploads`);
    const count = Math.ceil(size / PART);
    const etags: string[] = [];
    let done = 0;
    for (let part = 0; part < count; part += 1)
      yield async (buffer) => {
        const id = /<UploadId>(.*?)<\/UploadId>/u.exec((await begun).text)?.[1] ?? "";
        const length = readSync(file, buffer, 0, PART, part * PART);
        const query = `partNumber=${String(part + 1)}&uploadId=${id}`;
        etags[part] = (
          await client.call("PUT", `${url}?${query}`, buffer.subarray(0, length))
        ).etag;
        done += 1;
        if (done < count) return;
        const parts = etags.map(
          (etag, index) =>
            `<Part><PartNumber>${String(index + 1)}</PartNumber><ETag>${etag}</ETag></Part>`,
        );
        const list = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
        await client.call("POST", `${url}?uploadId=${id}`, Buffer.from(list));
      };
  }
}

async function main([directory = "", prefix = ""]: readonly string[]): Promise<void> {
  const queue = jobs(new RawClient(), directory, prefix);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const buffer = Buffer.allocUnsafeSlow(PART);
      for (let next = queue.next(); next.done !== true; next = queue.next())
        await next.value(buffer);
    }),
  );
  process.exit(0);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
