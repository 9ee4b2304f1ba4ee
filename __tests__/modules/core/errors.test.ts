import { RootConstruct } from "constructs";
import { assertInRange, ConfigError, ValidationError } from "../../../modules/core";

test("a ConfigError holds each fault, one a line", () => {
  const error = new ConfigError(["a is wrong", "b is missing"]);
  expect(error.message).toBe("a is wrong\nb is missing");
  expect(error.faults).toEqual(["a is wrong", "b is missing"]);
  expect(error.name).toBe("ConfigError");
});

test("a ValidationError tells where the construct is", () => {
  const stack = new RootConstruct("stack");
  expect(new ValidationError("x must be y, got z", stack).message).toBe(
    "x must be y, got z (at stack)",
  );
});

test.each([0, 11, 1.5, NaN])("%p is outside of 1 to 10", (value) => {
  expect(() => {
    assertInRange("partners/acme.attempts", value, { min: 1, max: 10, do: "omit it to use 3" });
  }).toThrow(
    `partners/acme.attempts must be a whole number between 1 and 10, got ${String(value)}; omit it to use 3`,
  );
});
