import { ConfigError } from "../../modules/core/errors";

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Reads a moment: `36h`, `7d`, `2w` before now, a day, or an instant. */
export function momentOf(option: string, text: string, now: number): number {
  const [, number, unit] = /^(\d{1,4})([hdw])$/u.exec(text) ?? [];
  if (number !== undefined) return now - Number(number) * (UNITS[unit ?? ""] ?? 0);
  const at = /^\d{4}-\d{2}-\d{2}(?:T.+)?$/u.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new ConfigError(
      `${option} must be 36h, 7d, 2w, a day such as 2026-03-01 or an instant such as 2026-03-01T09:00:00Z, got ${JSON.stringify(text)}`,
    );
  return at;
}
