import { errorJson, errorText, toldError } from "../../cli/errors";
import { ToolError } from "../../cli/images/docker";
import { colorsFor } from "../../cli/output/colors";
import { InterruptedError } from "../../local/try";
import { AssumptionError, ConfigError, MissingToolError } from "../../modules/core";

const plain = colorsFor({}, {});

test.each<[Error, string, string]>([
  [new ConfigError("x must be y"), "settings", "error: x must be y\n"],
  [new ConfigError(["a", "b"]), "settings", "error: a\nerror: b\n"],
  [
    new MissingToolError("terraform is not there"),
    "missingTool",
    "error: terraform is not there\n",
  ],
  [new ToolError("docker failed:\nwhy"), "toolFailed", "error: docker failed:\n  why\n"],
  [
    new InterruptedError("x"),
    "interrupted",
    "error: stopped; everything that was started has ended\n",
  ],
])("%s is %s", (error, exit, text) => {
  const told = toldError(error);
  expect(told.exit).toBe(exit);
  expect(errorText(told, plain)).toBe(text);
});

test("a fault of ours comes with its stack", () => {
  const told = toldError(new AssumptionError("this can not be"));
  expect(told.exit).toBe("internal");
  expect(errorText(told, plain)).toMatch(
    /^error: this can not be\nAssumptionError: this can not be\n\s+at /u,
  );
});

test("an error of another copy of this package is known by its name", () => {
  const error = Object.assign(new Error("x"), { name: "ConfigError", faults: ["one", "two"] });
  expect(toldError(error)).toEqual({ exit: "settings", faults: ["one", "two"] });
});

test("as JSON", () => {
  expect(errorJson(toldError(new ConfigError(["a", "b"])))).toEqual({
    ok: false,
    exit: "settings",
    code: 2,
    faults: ["a", "b"],
  });
});
