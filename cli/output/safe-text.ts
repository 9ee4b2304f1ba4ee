// Colors alone are taken out; a line feed and a tab do no harm.
const COLORS = /\p{Cc}\[[\d;]*m/gu;
const CONTROLS = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text of a partner's program as a terminal may show it: what would move the cursor, set the title, write to the clipboard
 * or turn the direction of writing is shown by its number.
 */
export function safeText(text: string): string {
  return text
    .replace(/\r$/u, "")
    .replace(COLORS, "")
    .replace(CONTROLS, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
