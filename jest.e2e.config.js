const base = require("./jest.config.js");

/** The end-to-end tests: Terraform, the AWS provider and an emulator of AWS. @type {import("jest").Config} */
module.exports = {
  ...base,
  roots: ["<rootDir>/__tests__/e2e"],
  testPathIgnorePatterns: ["/node_modules/"],
  // One machine with two cores runs Terraform, the provider and the emulator; two suites at once would only wait.
  maxWorkers: 1,
  // Applying a platform takes minutes: the provider waits for what AWS needs time for.
  testTimeout: 1_200_000,
};
