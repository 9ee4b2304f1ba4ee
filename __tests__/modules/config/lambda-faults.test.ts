import { definePartner, s3Object, type PartnerInput } from "../../../modules";
import { messageOf } from "../../support/partner";

const withUnpack = (unpack: object, more: PartnerInput["steps"] = {}): PartnerInput => ({
  id: "acme",
  owner: "team@example.com",
  source: { company: "Acme" },
  triggers: { dropped: s3Object({ bucket: "landing", suffix: ".zip" }) },
  compute: { pool: "general" },
  steps: { unpack: { kind: "unpack", ...unpack }, ...more },
});

test("a function is asked for by a size, with memory for one vCPU", () => {
  const { steps } = definePartner(withUnpack({ lambda: {} }));
  expect(steps["unpack"]).toMatchObject({ lambda: { upToMib: 64, memoryMib: 1769 } });
  expect(definePartner(withUnpack({})).steps["unpack"]).not.toHaveProperty("lambda");
});

test.each([
  [
    "a chain with another step",
    withUnpack({ lambda: {} }, { again: { kind: "unpack", prefix: "again/" } }),
    'partners/acme.steps.unpack.lambda needs a chain of this one step, there is also "again": what comes after a function, Batch can not wait for, got an empty object; leave lambda out, or the other steps',
  ],
  [
    "another image",
    withUnpack({ lambda: {}, image: "mine" }),
    'partners/acme.steps.unpack.lambda runs the worker\'s own code, not the image "mine", got an empty object; leave image out, or lambda',
  ],
  [
    "variables of the container",
    withUnpack({ lambda: {}, environment: { MODE: "fast" } }),
    "partners/acme.steps.unpack.lambda does without environment of the step, which its container alone has, got an empty object; leave environment out, or lambda",
  ],
])("%s is refused", (_what, input, message) => {
  expect(messageOf(() => definePartner(input))).toContain(message);
});

test.each([
  ["upToMib", 0],
  ["upToMib", 257],
  ["upToMib", 1.5],
  ["memoryMib", 511],
  ["memoryMib", 3009],
])("%s of %d is refused with its path", (setting, value) => {
  expect(messageOf(() => definePartner(withUnpack({ lambda: { [setting]: value } })))).toContain(
    `partners/acme.steps.unpack.lambda.${setting} `,
  );
});
