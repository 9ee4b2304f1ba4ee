const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { transformSync, version } = require("esbuild");

const own = createHash("sha256").update(readFileSync(__filename)).update(version).digest("hex");

/** Takes the types away; what they say is checked by `npm run types`. */
module.exports = {
  getCacheKey: (source, file) =>
    createHash("sha256").update(own).update(file).update(source).digest("hex"),
  process: (source, file) =>
    transformSync(source, {
      loader: "ts",
      format: "cjs",
      target: "node20",
      platform: "node",
      sourcefile: file,
      sourcemap: "inline",
      // The test runner's loader takes no ES modules: what is loaded on demand is required.
      supported: { "dynamic-import": false },
      tsconfigRaw: {},
    }),
};
