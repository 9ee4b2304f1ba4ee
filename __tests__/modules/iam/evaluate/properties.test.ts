import fc from "fast-check";
import { type Decision, evaluate, type IamRequest } from "../../../../modules/iam";
import { request, statement, statements, worldInput } from "../../../support/iam-arbitraries";
import {
  allow,
  deny,
  type StatementInput,
  testWorld,
  type WorldInput,
} from "../../../support/iam-world";

const decide = (input: WorldInput, of: IamRequest): Decision["decision"] =>
  evaluate(testWorld(input), of).decision;

const holdsFor = (
  check: (input: WorldInput, of: IamRequest, extra: StatementInput) => void,
): void => {
  fc.assert(fc.property(worldInput, request, statement, check), { numRuns: 1000 });
};

test("worlds and requests are mixed: each decision comes up often", () => {
  const seen = new Map<string, number>();
  for (const [input, of] of fc.sample(fc.tuple(worldInput, request), { numRuns: 2000, seed: 7 })) {
    const decision = decide(input, of);
    seen.set(decision, (seen.get(decision) ?? 0) + 1);
  }
  for (const decision of ["Allowed", "ExplicitlyDenied", "ImplicitlyDenied"])
    expect(seen.get(decision) ?? 0).toBeGreaterThan(50);
});

test("one Deny more never allows anything", () => {
  holdsFor((input, of, extra) => {
    const more = { ...input, identity: [...(input.identity ?? []), { ...extra, Effect: "Deny" }] };
    if (decide(input, of) !== "Allowed") expect(decide(more, of)).not.toBe("Allowed");
    if (decide(input, of) === "ExplicitlyDenied") expect(decide(more, of)).toBe("ExplicitlyDenied");
  });
});

test("one Allow more never denies anything", () => {
  holdsFor((input, of, extra) => {
    const more = { ...input, identity: [...(input.identity ?? []), { ...extra, Effect: "Allow" }] };
    if (decide(input, of) === "Allowed") expect(decide(more, of)).toBe("Allowed");
  });
});

test("a boundary never allows anything", () => {
  fc.assert(
    fc.property(worldInput, request, statements, (input, of, boundary) => {
      const without = { identity: input.identity ?? [], resource: input.resource ?? {} };
      if (decide({ ...without, boundary }, of) === "Allowed")
        expect(decide(without, of)).toBe("Allowed");
    }),
    { numRuns: 1000 },
  );
});

test("the order of statements changes nothing", () => {
  holdsFor((input, of) => {
    const turned = {
      ...input,
      identity: [...(input.identity ?? [])].reverse(),
      resource: Object.fromEntries(
        Object.entries(input.resource ?? {}).map(([arn, all]) => [arn, [...all].reverse()]),
      ),
    };
    expect(decide(turned, of)).toBe(decide(input, of));
  });
});

test("a statement is the same in pieces", () => {
  holdsFor((input, of) => {
    const pieces = (input.identity ?? []).flatMap((one) =>
      (one["Action"] as string[]).flatMap((Action) =>
        (one["Resource"] as string[]).map((Resource) => ({ ...one, Action, Resource })),
      ),
    );
    expect(decide({ ...input, identity: pieces }, of)).toBe(decide(input, of));
  });
});

test("wider resources of what is allowed never take a permission away", () => {
  holdsFor((input, of) => {
    const wider = (input.identity ?? []).map((one) =>
      one["Effect"] === "Allow" ? { ...one, Resource: "*" } : one,
    );
    if (decide(input, of) === "Allowed")
      expect(decide({ ...input, identity: wider }, of)).toBe("Allowed");
  });
});

test("without its condition a Deny denies at least as much", () => {
  holdsFor((input, of) => {
    const bare = (input.identity ?? []).map(({ Condition, ...one }) =>
      one["Effect"] === "Deny" || Condition === undefined ? one : { ...one, Condition },
    );
    if (decide(input, of) === "ExplicitlyDenied")
      expect(decide({ ...input, identity: bare }, of)).toBe("ExplicitlyDenied");
  });
});

test("what is allowed is allowed by statements that are about it", () => {
  holdsFor((input, of) => {
    const { decision, by, assumed = [] } = evaluate(testWorld(input), of);
    if (decision === "ImplicitlyDenied") expect(by).toEqual([]);
    else expect(by.length + assumed.length).toBeGreaterThan(0);
  });
});

test("a Deny of everything denies every caller that it names", () => {
  holdsFor((input, of) => {
    const all = deny("*", "*", { Principal: "*" });
    const [arn] = Object.keys(input.resource ?? {}).filter((one) => of.resource.startsWith(one));
    if (arn === undefined) return;
    const resource = { ...input.resource, [arn]: [all, allow("*", "*", { Principal: "*" })] };
    expect(decide({ ...input, resource }, of)).toBe("ExplicitlyDenied");
  });
});
