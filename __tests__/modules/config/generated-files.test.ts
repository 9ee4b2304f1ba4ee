import { parseFacts, parseImagesLock } from "../../../modules/config";
import { fixedFacts } from "../../../modules/platform";
import { testEnvironment } from "../../support/environment";
import { messageOf } from "../../support/partner";

test("facts are read as they were written", () => {
  const facts = fixedFacts(testEnvironment());
  expect(parseFacts(JSON.parse(JSON.stringify(facts)), "environments/test.facts.json")).toEqual(
    facts,
  );
});

test("facts of another version or without an id name the file", () => {
  const facts = { ...fixedFacts(testEnvironment()), vpcId: undefined };
  expect(
    messageOf(() => parseFacts({ ...facts, schemaVersion: 2 }, "environments/test.facts.json")),
  ).toBe(
    [
      "environments/test.facts.json.schemaVersion must be 1, got 2",
      "environments/test.facts.json.vpcId is missing, it must be a text; add it",
    ].join("\n"),
  );
});

test("an image is locked by a digest, not by a tag", () => {
  const lock = (digest: string): unknown => ({
    schemaVersion: 1,
    environments: { test: { worker: { digest, origin: "pushed" } } },
  });
  expect(() => parseImagesLock(lock(`sha256:${"0".repeat(64)}`))).not.toThrow(Error);
  expect(messageOf(() => parseImagesLock(lock("latest")))).toBe(
    `images.lock.json.environments.test.worker.digest must be sha256: and 64 hex digits, got "latest"`,
  );
});
