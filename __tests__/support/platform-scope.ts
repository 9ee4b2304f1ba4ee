import { IngestStack, namingOf } from "../../modules/stack";
import { testEnvironment } from "./environment";
import { Template } from "./template";

/** Names of the test environment. */
export const naming = namingOf(testEnvironment());

/** The Terraform of constructs alone, in the platform's otherwise empty stack. */
export function templateOf(build: (scope: IngestStack) => void): Template {
  return Template.of((app) => {
    const environment = testEnvironment();
    const stack = new IngestStack(app, { environment, kind: "platform", owner: "platform" });
    build(stack);
    return stack;
  });
}
