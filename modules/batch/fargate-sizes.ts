/**
 * Memory in MiB that Fargate takes for each number of vCPUs.
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
 */
const SIZES: readonly {
  readonly vcpus: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}[] = [
  { vcpus: 0.25, from: 512, to: 512, step: 512 },
  { vcpus: 0.25, from: 1024, to: 2048, step: 1024 },
  { vcpus: 0.5, from: 1024, to: 4096, step: 1024 },
  { vcpus: 1, from: 2048, to: 8192, step: 1024 },
  { vcpus: 2, from: 4096, to: 16384, step: 1024 },
  { vcpus: 4, from: 8192, to: 30720, step: 1024 },
  { vcpus: 8, from: 16384, to: 61440, step: 4096 },
  { vcpus: 16, from: 32768, to: 122880, step: 8192 },
];

/** A setting that Fargate does not take: what it takes instead. */
export type FargateFault = { readonly vcpus: string } | { readonly memoryMib: string };

/** Says what is wrong with a size for Fargate, or `undefined`. Continues the setting's path. */
export function fargateSizeFault(vcpus: number, memoryMib: number): FargateFault | undefined {
  const sizes = SIZES.filter((size) => size.vcpus === vcpus);
  if (sizes.length === 0)
    return {
      vcpus: `must be one of ${[...new Set(SIZES.map((size) => size.vcpus))].join(", ")} on Fargate`,
    };
  const fits = sizes.some(
    ({ from, to, step }) => memoryMib >= from && memoryMib <= to && (memoryMib - from) % step === 0,
  );
  if (fits) return undefined;
  const allowed = sizes.map(({ from, to, step }) =>
    from === to ? String(from) : `${String(from)} to ${String(to)} in steps of ${String(step)}`,
  );
  return {
    memoryMib: `must be ${allowed.join(", or ")} with ${String(vcpus)} vCPUs on Fargate`,
  };
}
