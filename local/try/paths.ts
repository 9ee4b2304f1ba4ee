import path from "node:path";

/** Where a partner's runs on one machine keep their state. */
export interface TryPaths {
  /** All of it; remove it to begin anew. */
  readonly root: string;
  /** Objects of all buckets, the ledger included. */
  readonly s3: string;
  /** Synthesized Terraform. */
  readonly terraform: string;
  /** Volumes, containers and logs of jobs. */
  readonly batch: string;
  /** Unpacked functions. */
  readonly lambda: string;
  /** What each image holds, below its name. */
  readonly images: string;
  readonly worker: string;
}

/** Finds the places below a project's root. */
export function tryPaths(projectRoot: string, environment: string, partner: string): TryPaths {
  const root = path.join(projectRoot, ".partner-ingest", "local", environment, partner);
  return {
    root,
    s3: path.join(root, "s3"),
    terraform: path.join(root, "terraform"),
    batch: path.join(root, "batch"),
    lambda: path.join(root, "lambda"),
    images: path.join(root, "images"),
    worker: path.join(root, "worker.cjs"),
  };
}
