import { type TryResult } from "../../local/try";
import { duration } from "../output/words";
import { html, Html } from "./html";

const WIDTH = 1000;
const LABEL = 300;
const ROW = 26;
const TOP = 26;

interface Row {
  readonly label: string;
  readonly detail: string;
  readonly failed: boolean;
  readonly bars: readonly { readonly from: number; readonly to: number }[];
}

/** Draws when each job of a run worked, from the start of the command to its end. */
export function timelineSvg(result: TryResult): Html {
  const begin = Date.parse(result.startedAt);
  const total = Math.max(result.seconds, 0.1);
  const rows = rowsOf(result, begin);
  const height = TOP + rows.length * ROW + 8;
  const x = (seconds: number): number =>
    LABEL + (Math.min(Math.max(seconds, 0), total) / total) * (WIDTH - LABEL - 20);
  const label = `Jobs of ${result.partner} over ${duration(total)}`;
  return html`<svg class="wide" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
    ${ticks(total).map((tick) => html`<line class="axis" x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${TOP - 6}" y2="${height - 4}" /><text class="muted" font-size="12" text-anchor="middle" x="${round(x(tick))}" y="14">${tickText(tick)}</text>`)}
    ${rows.map((row, index) => rowSvg(row, TOP + index * ROW, x))}
  </svg>`;
}

function rowSvg(row: Row, y: number, x: (seconds: number) => number): Html {
  const end = row.bars.at(-1)?.to;
  return html`<text font-size="13" x="4" y="${y + 16}">${row.label}</text>
    ${row.bars.map(({ from, to }) => html`<rect class="bar${row.failed ? " failed" : ""}" x="${round(x(from))}" y="${y + 5}" width="${round(Math.max(x(to) - x(from), 2))}" height="${ROW - 12}" rx="2"><title>${row.detail}</title></rect>`)}
    ${end === undefined ? new Html("") : detailText(row, y, x, end)}`;
}

/** Behind the bar where there is room, else before it. */
function detailText(row: Row, y: number, x: (seconds: number) => number, end: number): Html {
  const behind = x(end) < WIDTH - 130;
  const at = behind ? x(end) + 6 : x(row.bars[0]?.from ?? 0) - 6;
  return html`<text
    class="muted"
    font-size="12"
    x="${round(at)}"
    y="${y + 16}"
    text-anchor="${behind ? "start" : "end"}"
    >${row.detail}</text
  >`;
}

function rowsOf(result: TryResult, begin: number): Row[] {
  const seconds = (instant: string): number => (Date.parse(instant) - begin) / 1000;
  return result.orders.flatMap((order) =>
    order.jobs.map((job) => {
      const bars = job.attempts.flatMap(({ startedAt, stoppedAt }) =>
        startedAt === undefined || stoppedAt === undefined
          ? []
          : [{ from: seconds(startedAt), to: seconds(stoppedAt) }],
      );
      const worked = bars.reduce((sum, { from, to }) => sum + to - from, 0);
      return {
        label: shortened(`${order.orderId}: ${job.step}`),
        detail: `${duration(worked)}${job.attempts.length > 1 ? `, ${String(job.attempts.length)} attempts` : ""}${job.status === "SUCCEEDED" ? "" : `, ${job.status}`}`,
        failed: job.status !== "SUCCEEDED",
        bars,
      };
    }),
  );
}

function shortened(text: string): string {
  const characters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  return characters.length > 42 ? `${characters.slice(0, 41).join("")}…` : text;
}

/** About five round numbers from 0 to the end. */
function ticks(total: number): number[] {
  const rough = total / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, index) => index * step);
}

function tickText(seconds: number): string {
  return `${String(Number(seconds.toFixed(2)))} s`;
}

function round(value: number): string {
  return value.toFixed(1);
}
