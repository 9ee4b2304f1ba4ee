import { ENV_PREFIX } from "../../../../modules/contract";

/** AWS variables that tell a place, not a right. */
const HARMLESS = new Set(["AWS_REGION", "AWS_DEFAULT_REGION"]);

/** Prefixes of the variables through which a process finds the job's role or the worker's own settings. */
const KEPT_BACK = ["AWS_", "ECS_", ENV_PREFIX];

/**
 * The environment of the partner's program: the job's, secrets included, without AWS credentials, their endpoints and
 * the worker's settings.
 *
 * What this protects: a program or library that looks for AWS credentials in the usual places does not pick up the
 * job's role by accident. What it does not: the program runs as the same user in the same container, so that a hostile
 * one can read the worker's own environment below /proc and ask the credentials endpoint as the worker does. The job's
 * role is therefore the border: it must allow no more than the partner's own order may do.
 */
export function childEnvironment(
  environment: Readonly<Record<string, string>>,
  directories: { readonly home: string; readonly temporary: string },
): Record<string, string> {
  const kept = Object.entries(environment).filter(
    ([name]) => HARMLESS.has(name) || !KEPT_BACK.some((prefix) => name.startsWith(prefix)),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: directories.home,
    TMPDIR: directories.temporary,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
