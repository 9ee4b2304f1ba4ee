import fc from "fast-check";
import {
  containerProperties,
  type ContainerSettings,
} from "../../../modules/batch/container-properties";

const settings: ContainerSettings = {
  image: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/worker@sha256:0",
  command: ["publish"],
  vcpus: 2,
  memoryMib: 4096,
  jobRoleArn: "arn:job",
  executionRoleArn: "arn:exec",
  environment: { B: "2", A: "1" },
  secrets: {},
  log: { group: "/acme", streamPrefix: "publish", region: "eu-central-1" },
  scratch: false,
};
const parsed = (changes: Partial<ContainerSettings> = {}): Record<string, unknown> =>
  JSON.parse(containerProperties({ ...settings, ...changes })) as Record<string, unknown>;

test("a container runs one verb as a user that is not root, on a file system that it can not write", () => {
  expect(parsed()).toEqual({
    command: ["publish"],
    environment: [
      { name: "A", value: "1" },
      { name: "B", value: "2" },
    ],
    executionRoleArn: "arn:exec",
    image: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/worker@sha256:0",
    jobRoleArn: "arn:job",
    linuxParameters: { initProcessEnabled: true },
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": "/acme",
        "awslogs-region": "eu-central-1",
        "awslogs-stream-prefix": "publish",
      },
    },
    readonlyRootFilesystem: true,
    resourceRequirements: [
      { type: "MEMORY", value: "4096" },
      { type: "VCPU", value: "2" },
    ],
    user: "10001:10001",
  });
});

test("staging is mounted through its access point, with IAM and TLS and without a directory", () => {
  expect(parsed({ staging: { fileSystemId: "fs-1", accessPointId: "fsap-1" } })).toMatchObject({
    mountPoints: [{ containerPath: "/mnt/staging", sourceVolume: "staging" }],
    volumes: [
      {
        name: "staging",
        efsVolumeConfiguration: {
          fileSystemId: "fs-1",
          transitEncryption: "ENABLED",
          authorizationConfig: { accessPointId: "fsap-1", iam: "ENABLED" },
        },
      },
    ],
  });
});

test("a program has places to write that end with the job", () => {
  expect(parsed({ scratch: true })).toMatchObject({
    mountPoints: [
      { containerPath: "/mnt/scratch", sourceVolume: "scratch" },
      { containerPath: "/tmp", sourceVolume: "temporary" },
    ],
    volumes: [
      { name: "scratch", host: {} },
      { name: "temporary", host: {} },
    ],
  });
});

test("on Fargate, which has no such volumes, a program may write to the task's own disk", () => {
  const fargate = { architecture: "x86_64" } as const;
  const container = parsed({ scratch: true, fargate });
  expect(container).not.toHaveProperty("volumes");
  expect(container).not.toHaveProperty("readonlyRootFilesystem");
  expect(parsed({ scratch: false, fargate })).toHaveProperty("readonlyRootFilesystem", true);
});

test("Fargate is told the size of its disk and an architecture that is not the default", () => {
  expect(parsed({ fargate: { architecture: "arm64", ephemeralGib: 100 } })).toMatchObject({
    ephemeralStorage: { sizeInGiB: 100 },
    runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
  });
  expect(Object.keys(parsed({ fargate: { architecture: "x86_64" } }))).toEqual(
    Object.keys(parsed()),
  );
});

test("the order in which variables and secrets are given changes nothing", () => {
  const texts = fc.dictionary(fc.stringMatching(/^[A-Z]{1,6}$/u), fc.string());
  const turned = (all: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(all).reverse());
  fc.assert(
    fc.property(texts, texts, (environment, secrets) => {
      expect(
        containerProperties({
          ...settings,
          environment: turned(environment),
          secrets: turned(secrets),
        }),
      ).toBe(containerProperties({ ...settings, environment, secrets }));
    }),
  );
});

test("what has its default value is left out", () => {
  const text = containerProperties(settings);
  for (const name of [
    "privileged",
    "readOnly",
    "rootDirectory",
    "secrets",
    "volumes",
    "vcpus",
    "memory",
  ])
    expect(text).not.toContain(`"${name}"`);
});

test("values are no expressions of Terraform", () => {
  expect(containerProperties({ ...settings, environment: { A: "${x} %{y}" } })).toContain(
    '"value":"$${x} %%{y}"',
  );
});
