import { isUtf8 } from "node:buffer";
import { ORDER_ID_MAX_BYTES, orderIdFault } from "../../../../modules/contract";
import { LineSplitter } from "../program/lines";
import { listSome, StepError } from "../step/step-error";

/** Room for an order id, a carriage return and a byte that shows that the line is too long. */
const MAX_LINE_BYTES = ORDER_ID_MAX_BYTES + 2;

/**
 * Collects the order ids that the partner's program lists, one a line. A line is an id to the last blank: nothing is
 * trimmed but the line's end.
 */
export class OrderListing {
  private readonly ids = new Set<string>();
  private readonly faults: string[] = [];
  private lines = 0;
  private named = 0;
  private blanks: number[] = [];

  /** Receives the program's stdout. */
  readonly stdout = new LineSplitter(
    ({ bytes, cut }) => {
      this.line(bytes, cut);
    },
    {
      maxBytes: MAX_LINE_BYTES,
      carriageReturns: false,
    },
  );

  constructor(private readonly maxOrders: number) {}

  /**
   * The ids in the order of the listing, each once.
   *
   * @throws StepError when any line is no order id, or when there are more than allowed: half a listing is not started
   */
  orders(): readonly string[] {
    if (this.faults.length > 0)
      throw new StepError(
        "badDelivery",
        `the listing holds lines that are no order ids: ${listSome(this.faults)}; ` +
          "nothing was started. The program must print one order id a line, and messages to stderr",
      );
    if (this.ids.size > this.maxOrders)
      throw new StepError(
        "badDelivery",
        `the listing holds more than ${String(this.maxOrders)} order ids; nothing was started. ` +
          "Raise maxOrders if the partner really has so many new orders",
      );
    return [...this.ids];
  }

  /** How many lines named an order that an earlier line had named. */
  get repeated(): number {
    return this.named - this.ids.size;
  }

  private line(bytes: Buffer, cut: number): void {
    this.lines += 1;
    const end = bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length;
    const text = bytes.toString("utf8", 0, end);
    if (text === "" && cut === 0) {
      this.blanks.push(this.lines);
      return;
    }
    // Blank lines at the end of a listing are common and harmless; one within it may be an order that was lost.
    this.faults.push(...this.blanks.map((line) => `line ${String(line)} is empty`));
    this.blanks = [];
    this.named += 1;
    const fault =
      cut > 0
        ? `is longer than ${String(ORDER_ID_MAX_BYTES)} bytes of UTF-8`
        : isUtf8(bytes)
          ? orderIdFault(text)
          : "is not UTF-8";
    if (fault !== undefined)
      this.faults.push(`line ${String(this.lines)} ${fault}: ${JSON.stringify(text.slice(0, 80))}`);
    // One more than allowed is enough to know; the rest of a runaway listing is not kept.
    else if (this.ids.size <= this.maxOrders) this.ids.add(text);
  }
}
