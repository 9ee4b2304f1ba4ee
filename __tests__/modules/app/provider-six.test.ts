import { readFileSync } from "node:fs";
import path from "node:path";
import { synthesize } from "../../../modules/app";
import { fixedFacts } from "../../../modules/platform";
import { testEnvironment } from "../../support/environment";
import { testImagesLock, testPartner } from "../../support/partner";
import { testDirectory } from "../../support/project-directory";

type Leaves = Record<string, unknown>;

/** Every value of a JSON document by its path; what cdktf notes about itself left out. */
function leaves(value: unknown, at = ""): Leaves {
  if (value === null || typeof value !== "object") return { [at]: value };
  return Object.assign(
    {},
    ...Object.entries(value)
      .filter(([key]) => key !== "//")
      .map(([key, inner]) => leaves(inner, at === "" ? key : `${at}.${key}`)),
  ) as Leaves;
}

async function terraform(awsProvider: "5.100" | "6"): Promise<Leaves> {
  const out = testDirectory();
  try {
    const environment = testEnvironment({ awsProvider });
    const stacks = await synthesize(
      {
        root: out.path,
        environments: [{ environment, facts: fixedFacts(environment) }],
        partners: [testPartner()],
        imagesLock: testImagesLock(environment),
      },
      { outdir: out.path },
    );
    return Object.assign(
      {},
      ...stacks.map(({ owner, directory }) =>
        leaves(JSON.parse(readFileSync(path.join(directory, "cdk.tf.json"), "utf8")), owner),
      ),
    ) as Leaves;
  } finally {
    out.remove();
  }
}

test("AWS provider 6 differs in its version, in the name of compute environments, and in how Spot is chosen", async () => {
  const [five, six] = [await terraform("5.100"), await terraform("6")];
  const keys = [...new Set([...Object.keys(five), ...Object.keys(six)])].sort();
  const differences = Object.fromEntries(
    keys.filter((key) => five[key] !== six[key]).map((key) => [key, [five[key], six[key]]]),
  );
  const environment = (capacity: string): string =>
    `platform.resource.aws_batch_compute_environment.general_${capacity}`;
  const name = (capacity: string): string => `acme--test--platform--general-${capacity}-`;
  const version = ["5.100.0", ">= 6.10.0, < 7.0.0"];
  expect(differences).toEqual({
    "acme.terraform.required_providers.aws.version": version,
    "bootstrap.terraform.required_providers.aws.version": version,
    "platform.terraform.required_providers.aws.version": version,
    [`${environment("on_demand")}.compute_environment_name_prefix`]: [name("on-demand"), undefined],
    [`${environment("on_demand")}.name_prefix`]: [undefined, name("on-demand")],
    [`${environment("spot")}.compute_environment_name_prefix`]: [name("spot"), undefined],
    [`${environment("spot")}.name_prefix`]: [undefined, name("spot")],
    // Compute environments with this strategy are changed in place from 6.10 on.
    [`${environment("spot")}.compute_resources.allocation_strategy`]: [
      "SPOT_CAPACITY_OPTIMIZED",
      "SPOT_PRICE_CAPACITY_OPTIMIZED",
    ],
  });
});
