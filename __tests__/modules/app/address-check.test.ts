import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { App, TerraformStack } from "cdktf";
import { addressesOf, checkAddresses } from "../../../modules/app";
import { withLogicalId } from "../../../modules/core";
import { testDirectory, type TestDirectory } from "../../support/project-directory";

let out: TestDirectory;
let stack: TerraformStack;

beforeEach(() => {
  out = testDirectory();
  stack = new TerraformStack(new App({ outdir: out.path }), "stack");
});

afterEach(() => {
  out.remove();
});

const queue = (id: string): SqsQueue => new SqsQueue(stack, id, {});

test("addresses are listed sorted", () => {
  withLogicalId(queue("B"), "b");
  withLogicalId(queue("A"), "a");
  expect(addressesOf(stack)).toEqual(["aws_sqs_queue.a", "aws_sqs_queue.b"]);
});

test("two resources with one address are told: one of them would be lost without a word", () => {
  withLogicalId(queue("A"), "same");
  withLogicalId(queue("B"), "same");
  expect(() => {
    checkAddresses(stack);
  }).toThrow("stack stack has several resources with one address: aws_sqs_queue.same");
});

test("an address that follows the construct's path is told", () => {
  queue("NotSet");
  expect(() => {
    checkAddresses(stack);
  }).toThrow("stack stack has resources without a readable address: aws_sqs_queue.NotSet");
});

test.each(["", "Upper", "with-hyphen", "2nd", "a__b", "a_"])("%j is no logical id", (id) => {
  expect(() => withLogicalId(queue("A"), id)).toThrow(
    `${JSON.stringify(id)} is no logical id (at stack/A)`,
  );
});
