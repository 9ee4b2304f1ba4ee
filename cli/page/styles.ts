/** The page's style: readable light and dark, on narrow screens and on paper; no font or image is fetched. */
export const STYLES = `
:root { color-scheme: light dark; --text: #1c2330; --muted: #5b6575; --back: #ffffff; --card: #f4f6f9; --line: #c9d1dc;
  --accent: #0b5cad; --good: #1a7f4b; --bad: #b3261e; --wait: #b8c2d0; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf1; --muted: #9aa6b8; --back: #12161d; --card: #1b212b;
  --line: #39424f; --accent: #6cb2ff; --good: #52c98a; --bad: #ff8a80; --wait: #465062; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--text);
  background: var(--back); }
main > section:first-child > h2 { margin-top: .5rem; } .scroll + .scroll { margin-top: .5rem; }
main, header, footer { max-width: 70rem; margin: 0 auto; padding: .5rem 1rem; }
h1 { font-size: 1.6rem; margin: .5rem 0; } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .4rem 0; max-width: 46rem; } a { color: var(--accent); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: .5rem 0; list-style: none; }
code, .mono { font: .875em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.muted { color: var(--muted); } .good { color: var(--good); } .bad { color: var(--bad); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; padding: .5rem; background: var(--card); }
.scroll svg { display: block; max-width: none; }
.scroll svg.wide { width: 100%; min-width: 44rem; height: auto; }
table { border-collapse: collapse; width: 100%; } .scroll table { min-width: 30rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
ul.permissions { padding-left: 1.1rem; margin: .25rem 0; } ul.permissions li { margin: .3rem 0; }
svg text { fill: var(--text); font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
svg .muted { fill: var(--muted); } svg .axis { stroke: var(--line); stroke-width: 1; }
svg .bar { fill: var(--good); } svg .bar.failed { fill: var(--bad); } svg .bar.waiting { fill: var(--wait); }
svg .node path, svg .node polygon, svg .node ellipse, svg .node polyline { fill: var(--back); stroke: var(--muted); }
svg .edge path { stroke: var(--muted); fill: none; } svg .edge polygon { stroke: var(--muted); fill: var(--muted); }
svg .cluster polygon, svg .cluster path { fill: none; stroke: var(--line); } svg .edge text { fill: var(--muted); }
svg .graph > polygon { fill: none; stroke: none; }
@media print { :root { --back: #fff; --card: #fff; --text: #000; --muted: #444; --line: #999; } body { font-size: 10pt; }
  nav { display: none; } .scroll { overflow: visible; border: 0; padding: 0; } .scroll svg { max-width: 100%; height: auto; }
  .scroll svg.wide { min-width: 0; } .scroll table { min-width: 0; } h2, h3 { break-after: avoid; } tr, li { break-inside: avoid; } }
`;
