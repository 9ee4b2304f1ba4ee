import { fargateSizeFault } from "../../../modules/batch/fargate-sizes";

test.each([
  [0.25, 512],
  [0.25, 2048],
  [0.5, 4096],
  [1, 2048],
  [4, 30720],
  [8, 20480],
  [16, 122880],
])("%p vCPUs with %p MiB are a size of Fargate", (vcpus, memoryMib) => {
  expect(fargateSizeFault(vcpus, memoryMib)).toBeUndefined();
});

test.each([
  [3, 8192, { vcpus: "must be one of 0.25, 0.5, 1, 2, 4, 8, 16 on Fargate" }],
  [1, 1024, { memoryMib: "must be 2048 to 8192 in steps of 1024 with 1 vCPUs on Fargate" }],
  [
    0.25,
    768,
    { memoryMib: "must be 512, or 1024 to 2048 in steps of 1024 with 0.25 vCPUs on Fargate" },
  ],
  [8, 17408, { memoryMib: "must be 16384 to 61440 in steps of 4096 with 8 vCPUs on Fargate" }],
])("%p vCPUs with %p MiB are none", (vcpus, memoryMib, fault) => {
  expect(fargateSizeFault(vcpus, memoryMib)).toEqual(fault);
});
