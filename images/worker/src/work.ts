import { EXIT_CODES } from "../../../modules/contract";
import { readConfig, type WorkerConfig } from "./config";
import { Log } from "./log";
import { classify } from "./step/classify";
import { runStep } from "./step/run-step";
import type { Stop } from "./stop";

/** ECS ends a container 30 s after SIGTERM by default: what hangs then must not decide the exit code. */
const LAST_MOMENT_MS = 28_000;

/**
 * Reads what the step is from arguments and environment, and runs it.
 *
 * @returns the code to exit with
 */
export async function work(stop: Stop): Promise<number> {
  // A log collector that goes away must not end the work.
  process.stdout.on("error", () => undefined);
  const write = (line: string): void => void process.stdout.write(line);
  // Credentials come from the container's endpoint or from the environment; the address of the instance's role is
  // blocked for containers, and asking it would only cost time.
  process.env["AWS_EC2_METADATA_DISABLED"] = "true";
  let config: WorkerConfig;
  try {
    config = readConfig(process.argv.slice(2), process.env);
  } catch (error) {
    const { outcome, message } = classify(error, false);
    new Log({}, write).error(message, { outcome });
    return EXIT_CODES[outcome].code;
  }
  exitInTime(stop);
  return EXIT_CODES[await runStep(config, logOf(config, write), stop)].code;
}

/** Makes the log of a step: each of its lines says whose it is. */
export function logOf(config: WorkerConfig, write: (line: string) => void): Log {
  const { partner, orderId, orderKey, attempt, step, generation, job } = config;
  return new Log(
    {
      partner,
      order: orderId,
      run: `${orderKey}/${String(attempt)}`,
      step,
      generation,
      job: job.id,
      jobAttempt: job.attempt,
      ...(job.arrayIndex === undefined ? {} : { arrayIndex: job.arrayIndex }),
    },
    write,
  );
}

function exitInTime(stop: Stop): void {
  const exit = (): void => {
    setTimeout(() => process.exit(EXIT_CODES.interrupted.code), LAST_MOMENT_MS).unref();
  };
  if (stop.signal.aborted) exit();
  else stop.signal.addEventListener("abort", exit, { once: true });
}
