/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: [
    "/node_modules/",
    "<rootDir>/__tests__/e2e/",
    "<rootDir>/__tests__/support/",
  ],
  modulePathIgnorePatterns: [
    "<rootDir>/dist/",
    "<rootDir>/.partner-ingest/",
    "<rootDir>/cdktf.out/",
  ],
  transform: { "^.+\\.ts$": "<rootDir>/jest.transform.js" },
  // Runs that start processes and servers are slow on a shared machine; this guards against a hang only.
  testTimeout: 120_000,
};
