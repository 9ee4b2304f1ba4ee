import fc from "fast-check";
import { type AttributeLookup, renderText } from "../../../local/terraform-json";
import { terraformText } from "../../../modules/core";

const VALUES: Readonly<Record<string, string | number>> = {
  "aws_batch_job_definition.fetch.revision": 3,
  "aws_s3_bucket.a-b.id": "name",
};
const lookup: AttributeLookup = (type, id, attribute) => VALUES[`${type}.${id}.${attribute}`];
const render = (text: string): string => renderText(text, "aws_x.y.z", lookup);

test.each([
  ["plain", "plain"],
  ["${aws_s3_bucket.a-b.id}", "name"],
  ["a${aws_s3_bucket.a-b.id}b${aws_batch_job_definition.fetch.revision}", "anameb3"],
  ['${jsonencode({"fetch" = aws_batch_job_definition.fetch.revision})}', '{"fetch":3}'],
  [
    '${jsonencode({"a" = aws_s3_bucket.a-b.id, "b" = aws_batch_job_definition.fetch.revision})}',
    '{"a":"name","b":3}',
  ],
  ["${jsonencode({})}", "{}"],
  ["$${literal} and %%{literal}", "${literal} and %{literal}"],
  ["costs $5 and 10 %", "costs $5 and 10 %"],
])("%j is %j", (text, expected) => {
  expect(render(text)).toBe(expected);
});

test.each([
  ["${var.x}", "${var.x}"],
  ["${aws_s3_bucket.other.id}", "${aws_s3_bucket.other.id}"],
  ["${aws_s3_bucket.a-b.arn}", "${aws_s3_bucket.a-b.arn}"],
  ["%{if true}", "%{if true}"],
  ['${upper("x")}', '${upper("x")}'],
])("%j is refused with the place", (text, shown) => {
  expect(() => render(text)).toThrow(
    `aws_x.y.z holds ${JSON.stringify(shown)}, which a run on one machine can not know; it knows attributes of resources of the same stack`,
  );
});

test("whatever text a user writes comes out as it was", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("$", "%", "{", "}", "a", "\\", '"') }),
      (text) => {
        expect(render(terraformText(text))).toBe(text);
      },
    ),
  );
});
