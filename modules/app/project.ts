import type { Environment, EnvironmentFacts, ImagesLock, Partner } from "../config";

/** An environment with the ids that AWS gave its platform, once it is applied. */
export interface ProjectEnvironment {
  readonly environment: Environment;
  readonly facts: EnvironmentFacts | undefined;
}

/** Everything that a repository of partners holds: environments, partners, digests of images. */
export interface Project {
  /** Absolute path of the directory. */
  readonly root: string;
  /** By id, sorted. */
  readonly environments: readonly ProjectEnvironment[];
  /** By id, sorted. */
  readonly partners: readonly Partner[];
  readonly imagesLock: ImagesLock;
}
