import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { MissingToolError } from "../../modules/core";
import { findProgram, type Machine, thisMachine } from "../machine";

/** A running emulator of AWS. */
export interface Emulator {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** What an AWS client needs to reach it, as environment variables; nothing of a real account is left. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  stop(): Promise<void>;
}

/** Settings of {@link startMoto}. */
export interface MotoOptions {
  /** Account that everything in it belongs to. */
  readonly account: string;
  readonly region: string;
  readonly machine?: Machine;
}

const START_SECONDS = 60;

/**
 * Starts moto, an emulator of AWS's APIs, on a free port of the loopback address. Its Batch runs no containers: jobs
 * are kept, with their overrides, and told to have succeeded.
 *
 * @see https://docs.getmoto.org/en/latest/docs/server_mode.html
 * @throws MissingToolError when moto_server is not on the PATH
 */
export async function startMoto(options: MotoOptions): Promise<Emulator> {
  const { account, region, machine = thisMachine() } = options;
  const program = findProgram(machine, "moto_server");
  if (program === undefined)
    throw new MissingToolError(
      `moto_server is not on the PATH; install it with "pip install 'moto[server]==5.2.1'" (Python 3.9 or newer)`,
    );
  const child = spawn(program, ["-H", "127.0.0.1", "-p", "0"], {
    env: { ...machine.env, MOTO_ACCOUNT_ID: account, MOTO_IAM_LOAD_MANAGED_POLICIES: "false" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Whatever ends this process must not leave a server behind.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const endpoint = await endpointOf(child).catch((error: unknown) => {
    kill();
    throw error;
  });
  await configure(endpoint, { batch: { use_docker: false } });
  return {
    endpoint,
    environment: emulatorEnvironment(endpoint, region),
    stop: async () => {
      process.removeListener("exit", kill);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.kill("SIGTERM")) await ended;
    },
  };
}

/** Credentials and endpoint for AWS clients; profiles and other credentials of the machine are taken away. */
function emulatorEnvironment(endpoint: string, region: string): Record<string, string | undefined> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "emulator",
    AWS_SECRET_ACCESS_KEY: "emulator",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_ROLE_ARN: undefined,
    AWS_WEB_IDENTITY_TOKEN_FILE: undefined,
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: undefined,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: undefined,
  };
}

/** The port is chosen by the system and told in the log, so that two emulators can not race for one. */
async function endpointOf(child: ChildProcess): Promise<string> {
  const log: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`moto_server did not start in ${String(START_SECONDS)} seconds`));
      }, START_SECONDS * 1000);
      child.once("error", reject).once("close", (code) => {
        reject(new Error(`moto_server ended with code ${String(code)}:\n${log.join("\n")}`));
      });
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;
        // Read on after the start: a full pipe would stop the server.
        createInterface({ input: stream }).on("line", (line) => {
          if (log.length < 100) log.push(line);
          const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/u.exec(line);
          if (found?.[1] !== undefined) resolve(found[1]);
        });
      }
    });
  } finally {
    clearTimeout(timer);
  }
}

async function configure(endpoint: string, settings: unknown): Promise<void> {
  const url = `${endpoint}/moto-api/config`;
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", body: JSON.stringify(settings), headers });
  if (!response.ok) throw new Error(`${url} answered ${String(response.status)}`);
}
