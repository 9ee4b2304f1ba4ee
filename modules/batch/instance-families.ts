/** What an instance family offers. */
export interface InstanceFamily {
  readonly architecture: "x86_64" | "arm64";
  /** GiB of memory per vCPU. */
  readonly gibPerVcpu: number;
  /** vCPUs of its largest size that is no bare metal. */
  readonly maxVcpus: number;
}

/**
 * Families that we know the sizes of.
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
 */
export const INSTANCE_FAMILIES: Readonly<Record<string, InstanceFamily>> = {
  ...families("x86_64", 2, {
    c5: 96,
    c5a: 96,
    c5d: 96,
    c6i: 128,
    c6a: 192,
    c6id: 128,
    c7i: 192,
    c7a: 192,
  }),
  ...families("x86_64", 4, {
    m5: 96,
    m5a: 96,
    m5d: 96,
    m6i: 128,
    m6a: 192,
    m6id: 128,
    m7i: 192,
    m7a: 192,
  }),
  ...families("x86_64", 8, {
    r5: 96,
    r5a: 96,
    r5d: 96,
    r6i: 128,
    r6a: 192,
    r6id: 128,
    r7i: 192,
    r7a: 192,
  }),
  ...families("arm64", 2, { c6g: 64, c6gd: 64, c7g: 64, c7gd: 64 }),
  ...families("arm64", 4, { m6g: 64, m6gd: 64, m7g: 64, m7gd: 64 }),
  ...families("arm64", 8, { r6g: 64, r6gd: 64, r7g: 64, r7gd: 64 }),
};

/** Families of a pool that names none: current and previous ones, so that Spot has many to choose from. */
export const DEFAULT_FAMILIES = {
  x86_64: ["c6i", "c7i", "m5", "m6i", "m7i", "r6i"],
  arm64: ["c6g", "c7g", "m6g", "m7g", "r6g", "r7g"],
} as const;

/**
 * Part of a host's memory that no job gets: the ECS agent, the kernel and the container runtime. Batch places a job by
 * what is left.
 * @see https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html
 */
const RESERVED_SHARE = 0.05;

/** The largest job that a family can hold. */
export interface LargestJob {
  readonly vcpus: number;
  readonly memoryMib: number;
}

/** The largest job that any of these families can hold; what no table knows is left out. */
export function largestJob(names: readonly string[]): LargestJob {
  const known = names.flatMap((name) => INSTANCE_FAMILIES[name] ?? []);
  return {
    vcpus: Math.max(0, ...known.map((family) => family.maxVcpus)),
    memoryMib: Math.max(
      0,
      ...known.map((family) =>
        Math.floor(family.maxVcpus * family.gibPerVcpu * 1024 * (1 - RESERVED_SHARE)),
      ),
    ),
  };
}

function families(
  architecture: InstanceFamily["architecture"],
  gibPerVcpu: number,
  maxVcpus: Readonly<Record<string, number>>,
): Record<string, InstanceFamily> {
  return Object.fromEntries(
    Object.entries(maxVcpus).map(([name, max]) => [
      name,
      { architecture, gibPerVcpu, maxVcpus: max },
    ]),
  );
}
