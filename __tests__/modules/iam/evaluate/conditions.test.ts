import { holds, parseOperator, valueFault } from "../../../../modules/iam/evaluate/conditions";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const SINGLE: readonly (readonly [
  string,
  string | readonly string[],
  string | undefined,
  boolean,
])[] = [
  ["StringEquals", "a", "a", true],
  ["StringEquals", "a", "A", false],
  ["StringEquals", "a*", "ab", false],
  ["StringEquals", ["a", "b"], "b", true],
  ["StringEquals", "a", undefined, false],
  ["StringEqualsIfExists", "a", undefined, true],
  ["StringEqualsIfExists", "a", "b", false],
  ["StringNotEquals", "a", "b", true],
  ["StringNotEquals", ["a", "b"], "b", false],
  ["StringNotEquals", "a", undefined, true],
  ["StringNotEqualsIfExists", "a", undefined, true],
  ["StringNotEqualsIfExists", "a", "a", false],
  ["StringLike", "acme/*", "acme/x/y", true],
  ["StringLike", "acme/?", "acme/xy", false],
  ["StringLike", "*", undefined, false],
  ["StringNotLike", "acme/*", "other/x", true],
  ["StringNotLike", ["acme/*", "other/*"], "other/x", false],
  ["StringNotLike", "acme/*", undefined, true],
  ["ArnEquals", "arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:1:t", true],
  ["ArnLike", "arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:1:t", true],
  ["ArnLike", "arn:aws:sns:*:t", "arn:aws:sns:eu-west-1:1:t", false],
  ["ArnLike", "arn:aws:sns:*:1:t", undefined, false],
  ["ArnLike", "arn:aws:sns:*:1:t", "t", false],
  ["ArnLikeIfExists", "arn:aws:sns:*:1:t", undefined, true],
  ["ArnNotLike", "arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:2:t", true],
  ["ArnNotEquals", "arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:1:t", false],
  ["ArnNotLike", "arn:aws:sns:*:1:t", undefined, true],
  ["Bool", "true", "true", true],
  ["Bool", "True", "true", true],
  ["Bool", "false", "true", false],
  ["Bool", "false", undefined, false],
  ["BoolIfExists", "false", undefined, true],
  ["Null", "true", undefined, true],
  ["Null", "true", "x", false],
  ["Null", "false", "x", true],
  ["Null", "false", undefined, false],
  ["NumericLessThan", "1.2", "1.1", true],
  ["NumericLessThan", "1.2", "1.2", false],
  ["NumericLessThan", "1.2", "1.10", true],
  ["NumericLessThan", "1.2", undefined, false],
  ["NumericLessThan", "1.2", "new", false],
  ["NumericLessThanEquals", "60", "60", true],
  ["NumericEquals", "1.0", "1", true],
  ["NumericGreaterThan", "60", "61", true],
  ["NumericGreaterThanEquals", "60", "59", false],
  ["NumericLessThanIfExists", "1.2", undefined, true],
];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
const MANY: readonly (readonly [
  string,
  readonly string[],
  readonly string[] | undefined,
  boolean,
])[] = [
  ["ForAllValues:StringEquals", ["a", "b"], ["a"], true],
  ["ForAllValues:StringEquals", ["a", "b"], ["a", "b"], true],
  ["ForAllValues:StringEquals", ["a", "b"], ["a", "c"], false],
  ["ForAllValues:StringEquals", ["a"], undefined, true],
  ["ForAllValues:StringEquals", ["a"], [], true],
  ["ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], true],
  ["ForAllValues:StringNotEquals", ["a", "b"], ["c", "a"], false],
  ["ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], true],
  ["ForAnyValue:StringEquals", ["a", "b"], ["c"], false],
  ["ForAnyValue:StringEquals", ["a"], undefined, false],
  ["ForAnyValue:StringEquals", ["a"], [], false],
  ["ForAnyValue:StringLike", ["a*"], ["x", "ab"], true],
  ["ForAnyValue:StringNotEquals", ["a"], ["a", "b"], true],
  ["ForAnyValue:StringNotEquals", ["a"], ["a"], false],
];

const operatorOf = (text: string) => {
  const operator = parseOperator(text);
  if (operator === undefined) throw new Error(`${text} is not evaluated`);
  return operator;
};

test.each(SINGLE)("%s %j with %j: %j", (operator, values, found, expected) => {
  const list = typeof values === "string" ? [values] : values;
  expect(holds(operatorOf(operator), list, found === undefined ? undefined : [found])).toBe(
    expected,
  );
});

test.each(MANY)("%s %j with %j: %j", (operator, values, found, expected) => {
  expect(holds(operatorOf(operator), values, found)).toBe(expected);
});

test("what several values mean to an operator for one is not known", () => {
  expect(holds(operatorOf("StringEquals"), ["a"], ["a", "b"])).toBeUndefined();
});

test.each([
  "StringEqualsIgnoreCase",
  "IpAddress",
  "DateLessThan",
  "BinaryEquals",
  "stringequals",
  "NullIfExists",
  "ForAnyValue:Null",
  "ForSomeValues:StringEquals",
  "ToString",
  "constructor",
  "",
])("%j is no operator that is evaluated", (text) => {
  expect(parseOperator(text)).toBeUndefined();
});

test.each([
  ["ArnLike", "role/x", "is no ARN"],
  ["Bool", "yes", "is neither true nor false"],
  ["Null", "", "is neither true nor false"],
  ["NumericLessThan", "one", "is no number"],
])("%s does not take %j", (operator, value, fault) => {
  expect(valueFault(operatorOf(operator), value)).toBe(fault);
});
