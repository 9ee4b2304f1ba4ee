/** Bounds how much is held and how many requests are under way. */
export class ByteGate {
  private bytes = 0;
  private count = 0;
  private readonly waiting: { readonly bytes: number; readonly admit: () => void }[] = [];

  constructor(
    private readonly maxBytes: number,
    private readonly maxCount: number,
  ) {}

  /** Waits for room; what is larger than the gate comes through alone. Returns what gives the room back. */
  async enter(bytes: number): Promise<() => void> {
    await new Promise<void>((admit) => {
      this.waiting.push({ bytes, admit });
      this.next();
    });
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.bytes -= bytes;
      this.count -= 1;
      this.next();
    };
  }

  private next(): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      const fits =
        this.count === 0 ||
        (this.count < this.maxCount && this.bytes + first.bytes <= this.maxBytes);
      if (!fits) return;
      this.waiting.shift();
      this.bytes += first.bytes;
      this.count += 1;
      first.admit();
    }
  }
}
