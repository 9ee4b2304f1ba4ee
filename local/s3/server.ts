import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { ConfigError } from "../../modules/core/errors";
import { Exchange, type ExchangeContext } from "./exchange";
import { FaultInjector } from "./faults/injector";
import { newHostId } from "./ids";
import { LocalS3 } from "./local-s3";
import { DEFAULT_ACCOUNT, DEFAULT_REGION, type S3Options } from "./options";
import { RequestLog } from "./request-log";
import { Service } from "./service";
import { checkBuckets, setUpBucket } from "./set-up-bucket";
import { openStore } from "./store/open-store";

/** Nothing but this machine can reach the server. */
const HOST = "127.0.0.1";

const SETTINGS = {
  // Uploads of large parts over slow disks take as long as they take.
  requestTimeout: 0,
  // Longer than clients keep idle connections, so that it is never the server that closes one just as it is used.
  keepAliveTimeout: 120_000,
};

/**
 * Starts an S3 on this machine: the REST API, path-style, on 127.0.0.1.
 *
 * @example
 * const s3 = await startS3({ buckets: [{ name: "landing", versioned: true }] });
 * const client = new S3Client({ endpoint: s3.endpoint, forcePathStyle: true, ... });
 * await s3.close();
 */
export async function startS3(options: S3Options = {}): Promise<LocalS3> {
  const { region = DEFAULT_REGION, account = DEFAULT_ACCOUNT, tls, port = 0 } = options;
  checkBuckets(options.buckets ?? []);
  const injector = new FaultInjector(options.faults ?? { rules: [] });
  const opened = openStore(options.directory, options.discardAbove);
  const { store } = opened;
  const scheme = tls === undefined ? "http" : "https";
  const context: ExchangeContext = {
    service: new Service(store, region, account, scheme, options.onEvent),
    log: new RequestLog(),
    credentials: options.credentials,
    onCall: options.onCall,
    withoutPayloadHashCheck: options.withoutPayloadHashCheck ?? false,
    hostId: newHostId(),
    injector,
  };
  for (const bucket of options.buckets ?? []) setUpBucket(store, region, bucket);
  const server =
    tls === undefined ? createServer(SETTINGS) : createTlsServer({ ...SETTINGS, ...tls });
  const running = serve(server, context);
  try {
    await listen(server, port);
  } catch (fault) {
    await opened.close();
    throw fault;
  }
  const endpoint = `${scheme}://${HOST}:${String((server.address() as AddressInfo).port)}`;
  const close = async (): Promise<void> => {
    await stop(server);
    await Promise.allSettled(running);
    await opened.close();
  };
  return new LocalS3(endpoint, context, close);
}

/** Lets a server answer; returns the exchanges under way. */
function serve(server: Server, context: ExchangeContext): Set<Promise<void>> {
  const running = new Set<Promise<void>>();
  const take = (message: IncomingMessage, response: ServerResponse, asksFirst: boolean): void => {
    const exchange = new Exchange(context, message, response, asksFirst).run();
    running.add(exchange);
    void exchange.finally(() => running.delete(exchange));
  };
  server.on("request", (message: IncomingMessage, response: ServerResponse) => {
    take(message, response, false);
  });
  server.on("checkContinue", (message: IncomingMessage, response: ServerResponse) => {
    take(message, response, true);
  });
  return running;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === "EADDRINUSE"
          ? new ConfigError(
              `port ${String(port)} of ${HOST} is in use; name another one, or none to take a free one`,
              { cause },
            )
          : cause,
      );
    });
    server.listen(port, HOST, resolve);
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
