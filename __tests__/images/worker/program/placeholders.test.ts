import fc from "fast-check";
import { fillPlaceholders } from "../../../../images/worker/src/program/placeholders";

test("puts both in, wherever they stand, and leaves other braces alone", () => {
  expect(
    fillPlaceholders("--x={orderId}:{staging}/{orderId} {other} {} {orderid}", {
      orderId: "O",
      staging: "/s",
    }),
  ).toBe("--x=O:/s/O {other} {} {orderid}");
});

test("puts any text in as it is", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom("{staging}", "$&", "$1", "{orderId}")),
      (orderId) => {
        expect(fillPlaceholders("<{orderId}>", { orderId, staging: "/s" })).toBe(`<${orderId}>`);
      },
    ),
  );
});
