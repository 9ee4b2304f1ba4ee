import { terraformText } from "../../../modules/core";

test.each([
  ["plain $5 {x} %", "plain $5 {x} %"],
  ["${HOME}", "$${HOME}"],
  ["%{if}", "%%{if}"],
  ["a${b}c%{d}", "a$${b}c%%{d}"],
  ["$${x}", "$$${x}"],
])("%j is literal as %j", (text, expected) => {
  expect(terraformText(text)).toBe(expected);
});
