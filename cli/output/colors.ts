import picocolors from "picocolors";

/** Functions that colour a text. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colours for a stream: only where it is a terminal, and nobody asked for none (https://no-color.org). */
export function colorsFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Colors {
  const wanted =
    stream.isTTY === true &&
    (environment["NO_COLOR"] ?? "") === "" &&
    environment["TERM"] !== "dumb";
  return picocolors.createColors(wanted);
}
