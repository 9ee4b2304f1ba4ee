import { evaluate, type IamRequest } from "../../modules/iam";
import { inShort, testWorld, type WorldInput } from "./iam-world";

/** A rule of AWS, and where AWS says so. */
export interface Rule {
  readonly say: string;
  readonly source: string;
  readonly world: WorldInput;
  readonly request: IamRequest;
  readonly expect: string;
}

export const DOCS = "https://docs.aws.amazon.com";
export const IAM = `${DOCS}/IAM/latest/UserGuide`;

/** One test for each rule: its request in its world. */
export function checkRules(rules: readonly Rule[]): void {
  test.each(rules.map((rule) => [`${rule.say} (${rule.source})`, rule] as const))(
    "%s",
    (_, rule) => {
      expect(inShort(evaluate(testWorld(rule.world), rule.request))).toBe(rule.expect);
    },
  );
}
