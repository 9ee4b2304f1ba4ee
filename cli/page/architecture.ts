import { type Overview, type PartnerOverview, type StepOverview } from "../overview/overview";
import { escapeHtml, Html } from "./html";

/** Draws how orders of the partners go through the system. Shapes are Graphviz's own: no vendor's symbols. */
export async function architectureSvg(overview: Overview): Promise<Html> {
  const viz = await graphviz().instance();
  const svg = viz.renderString(architectureDot(overview), { format: "svg" });
  const title = `How orders go through environment ${overview.environment.id}`;
  // The prolog is for files; what follows it is the element. Colours come from the page's style.
  return new Html(
    svg
      .slice(svg.indexOf("<svg"))
      .replace("<svg ", `<svg class="wide" role="img" aria-label="${escapeHtml(title)}" `)
      // The page gives it its width.
      .replace(/ width="\d+pt" height="\d+pt"/u, "")
      .replaceAll(/<title>[\s\S]*?<\/title>/gu, "")
      .replaceAll(/<!--[\s\S]*?-->/gu, ""),
  );
}

/** What is used of the package: it has a form for CommonJS, but declares its types for ES modules alone. */
interface Graphviz {
  instance(): Promise<{ renderString(dot: string, options: { readonly format: "svg" }): string }>;
}

function graphviz(): Graphviz {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when a page is made: it is 1.4 MB
  return require("@viz-js/viz") as Graphviz;
}

/** The drawing in Graphviz's language. */
export function architectureDot(overview: Overview): string {
  return [
    "digraph architecture {",
    '  graph [rankdir=LR, fontname="Helvetica", fontsize=13, nodesep=0.25, ranksep=0.6, bgcolor="transparent"];',
    // Fonts of browsers are wider than the one that Graphviz measures.
    '  node [fontname="Helvetica", fontsize=12, margin="0.22,0.09"];',
    '  edge [fontname="Helvetica", fontsize=10];',
    `  ${node("ledger", "ledger", "cylinder")}`,
    ...overview.partners.flatMap(partnerLines),
    "}",
  ].join("\n");
}

function partnerLines(partner: PartnerOverview): string[] {
  const id = (name: string): string => `${partner.id}/${name}`;
  const order = partner.steps.filter(({ chain }) => chain === "order");
  const usesStaging = partner.staging === "efs" && order.some(({ kind }) => kind === "fetch");
  return [
    `  subgraph ${quoted(`cluster_${partner.id}`)} {`,
    `    label=${quoted(`${partner.id}: orders of ${partner.company}`)}; style="rounded";`,
    ...partner.triggers.map(
      ({ name, kind }) => `    ${node(id(`on ${name}`), `${name}\n${kind}`, "ellipse")}`,
    ),
    `    ${node(id("trigger"), "trigger\nLambda", "component")}`,
    ...partner.steps.map((step) => `    ${node(id(step.name), stepLabel(step), "box3d")}`),
    ...(usesStaging ? [`    ${node(id("staging"), "staging\nEFS", "folder")}`] : []),
    ...partner.buckets.map(
      (bucket) => `    ${node(id(`bucket ${bucket}`), `${bucket}\nS3`, "cylinder")}`,
    ),
    "  }",
    ...partner.readers.flatMap(({ name, from }) => [
      `  ${node(id(`reader ${name}`), `${name}\nreads`, "ellipse")}`,
      edge(id(`bucket ${from}`), id(`reader ${name}`), "assumes a role"),
    ]),
    ...partner.triggers.flatMap(({ name, bucket }) => [
      ...(bucket === undefined ? [] : [edge(id(`bucket ${bucket}`), id(`on ${name}`), "object")]),
      edge(id(`on ${name}`), id("trigger")),
    ]),
    edge(id("trigger"), "ledger", "claim, records", "constraint=false"),
    ...partner.steps.flatMap((step) => stepEdges(partner, step, id, usesStaging)),
  ];
}

function stepEdges(
  partner: PartnerOverview,
  step: StepOverview,
  id: (name: string) => string,
  usesStaging: boolean,
): string[] {
  const first = step.after.length === 0;
  const delivers = step.kind === "publish" || step.kind === "deliver" || step.kind === "unpack";
  return [
    ...(first ? [edge(id("trigger"), id(step.name), "submits")] : []),
    ...step.after.map((before) => edge(id(before), id(step.name), "then")),
    ...(step.kind === "list" ? [edge(id(step.name), id("trigger"), "each new order")] : []),
    ...(step.kind === "fetch" && usesStaging ? [edge(id(step.name), id("staging"), "files")] : []),
    ...(step.kind === "publish" && usesStaging
      ? [edge(id("staging"), id(step.name), "files")]
      : []),
    ...(step.kind === "process" && partner.buckets.includes("landing")
      ? [edge(id("bucket landing"), id(step.name), "files")]
      : []),
    ...(step.kind === "process" && partner.buckets.includes("processed")
      ? [edge(id(step.name), id("bucket processed"), "results, in parts")]
      : []),
    ...(step.kind === "merge" && partner.buckets.includes("processed")
      ? [edge(id(step.name), id("bucket processed"), "manifest")]
      : []),
    ...(delivers && partner.buckets.includes("processed")
      ? [edge(id(step.name), id("bucket processed"), "files, manifest last")]
      : []),
  ];
}

function stepLabel({ name, kind, pool }: StepOverview): string {
  return `${name === kind ? name : `${name} (${kind})`}\nBatch job\npool ${pool}`;
}

function node(id: string, label: string, shape: string): string {
  return `${quoted(id)} [label=${quoted(label)}, shape=${shape}];`;
}

function edge(from: string, to: string, label = "", more = ""): string {
  return `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(label)}${more === "" ? "" : `, ${more}`}];`;
}

/** A string of Graphviz's language; a line break is two characters there. */
function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
