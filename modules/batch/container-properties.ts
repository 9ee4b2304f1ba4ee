import { SCRATCH_MOUNT, STAGING_MOUNT, TEMPORARY_MOUNT, WORKER_UID } from "../contract";
import { terraformText } from "../core";

/** What a job's container is. */
export interface ContainerSettings {
  /** Repository and digest, `<uri>@sha256:...`: a tag could come to mean something else. */
  readonly image: string;
  readonly command: readonly string[];
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly jobRoleArn: string;
  readonly executionRoleArn: string;
  readonly environment: Readonly<Record<string, string>>;
  /** ARN of a secret by variable name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly log: { readonly group: string; readonly streamPrefix: string; readonly region: string };
  /** File system to mount as staging, through its access point. */
  readonly staging?: { readonly fileSystemId: string; readonly accessPointId: string } | undefined;
  /** True for steps that run a program, which needs places to write. */
  readonly scratch: boolean;
  /** Fargate only. */
  readonly fargate?:
    | {
        readonly architecture: "x86_64" | "arm64";
        /** 21 to 200; less is what every task has. */
        readonly ephemeralGib?: number | undefined;
      }
    | undefined;
}

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/**
 * The container properties of a job definition, always in the same form: the provider compares them as text where
 * lists are in another order or a default is spelled out, and each difference is a new revision. So keys come in one
 * order, lists are sorted by name, and what has its default value is left out.
 */
export function containerProperties(settings: ContainerSettings): string {
  const volumes = volumesOf(settings);
  const properties: Record<string, Json | undefined> = {
    command: settings.command,
    environment: named(settings.environment, (name, value) => ({ name, value })),
    ephemeralStorage:
      settings.fargate?.ephemeralGib === undefined
        ? undefined
        : { sizeInGiB: settings.fargate.ephemeralGib },
    executionRoleArn: settings.executionRoleArn,
    image: settings.image,
    jobRoleArn: settings.jobRoleArn,
    // Process 1 reaps the children that the partner's program leaves behind, and passes signals on.
    linuxParameters: { initProcessEnabled: true },
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": settings.log.group,
        "awslogs-region": settings.log.region,
        "awslogs-stream-prefix": settings.log.streamPrefix,
      },
    },
    mountPoints: volumes.map(({ name, path }) => ({ containerPath: path, sourceVolume: name })),
    // Fargate has no volumes beside EFS that a program could write to; its root file system is the task's own.
    readonlyRootFilesystem: settings.scratch && settings.fargate !== undefined ? undefined : true,
    resourceRequirements: [
      { type: "MEMORY", value: String(settings.memoryMib) },
      { type: "VCPU", value: String(settings.vcpus) },
    ],
    runtimePlatform:
      settings.fargate?.architecture === "arm64"
        ? { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" }
        : undefined,
    secrets: named(settings.secrets, (name, valueFrom) => ({ name, valueFrom })),
    user: `${String(WORKER_UID)}:${String(WORKER_UID)}`,
    volumes: volumes.map(({ name, source }) => ({ name, ...source })),
  };
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(properties).filter(
        ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
      ),
    ),
  );
}

interface Volume {
  readonly name: string;
  readonly path: string;
  readonly source: Readonly<Record<string, Json>>;
}

function volumesOf({ staging, scratch, fargate }: ContainerSettings): Volume[] {
  // A new volume of the host for each job, which ends with it.
  const own = scratch && fargate === undefined;
  return [
    ...(own ? [{ name: "scratch", path: SCRATCH_MOUNT, source: { host: {} } }] : []),
    ...(staging === undefined
      ? []
      : [
          {
            name: "staging",
            path: STAGING_MOUNT,
            source: {
              efsVolumeConfiguration: {
                authorizationConfig: { accessPointId: staging.accessPointId, iam: "ENABLED" },
                fileSystemId: staging.fileSystemId,
                transitEncryption: "ENABLED",
              },
            },
          },
        ]),
    ...(own ? [{ name: "temporary", path: TEMPORARY_MOUNT, source: { host: {} } }] : []),
  ];
}

function named(
  entries: Readonly<Record<string, string>>,
  item: (name: string, value: string) => Json,
): Json {
  return Object.entries(entries)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => item(name, terraformText(value)));
}
