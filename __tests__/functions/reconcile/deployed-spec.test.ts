import { deployedSpec } from "../../../functions/reconcile/deployed-spec";
import type { PlatformInvocation } from "../../../functions/runs-core/platform";
import { currentSpecKey, specDigest, specJson, specKey } from "../../../modules/contract";
import { SPEC } from "../trigger/support/fixtures";

/** A ledger that holds these objects. */
const holding = (objects: Readonly<Record<string, string>>): Pick<PlatformInvocation, "ledger"> =>
  ({
    ledger: {
      find: (key: string) => {
        const body = objects[key];
        return Promise.resolve(body === undefined ? undefined : { body, etag: "1" });
      },
    },
  }) as unknown as PlatformInvocation;

test("what is expected of a partner is what its stack wrote", async () => {
  const inv = holding({ [currentSpecKey(SPEC.partner)]: specJson(SPEC) });
  expect(await deployedSpec(inv, SPEC.partner)).toEqual(SPEC);
});

test("after a partner's stack is destroyed nothing is expected, whatever its runs were claimed with", async () => {
  const inv = holding({ [specKey(SPEC.partner, specDigest(SPEC))]: specJson(SPEC) });
  expect(await deployedSpec(inv, SPEC.partner)).toBeUndefined();
});

test("a spec that is broken is a fault: what it expects is unknown", async () => {
  const inv = holding({ [currentSpecKey(SPEC.partner)]: "{" });
  await expect(deployedSpec(inv, SPEC.partner)).rejects.toThrow(
    `the partner's spec ${JSON.stringify(currentSpecKey(SPEC.partner))} can not be read: it is no JSON: `,
  );
});
