import { snakeCase } from "../../../modules/core";
import { LOGICAL_ID_PATTERN } from "../../../modules/core/logical-id";

test.each([
  ["universal-music", "universal_music"],
  ["byHand", "by_hand"],
  ["MountStaging", "mount_staging"],
  ["fetch2", "fetch2"],
])("%s is %s in an address", (text, expected) => {
  expect(snakeCase(text)).toBe(expected);
  expect(snakeCase(text)).toMatch(LOGICAL_ID_PATTERN);
});
