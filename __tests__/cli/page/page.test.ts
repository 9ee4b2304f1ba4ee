import { overviewOf, type Overview } from "../../../cli/overview/overview";
import { sentences } from "../../../cli/overview/role-words";
import { architectureDot } from "../../../cli/page/architecture";
import { html } from "../../../cli/page/html";
import { pageHtml, type PageInput } from "../../../cli/page/page";
import { timelineSvg } from "../../../cli/page/timeline";
import { type TryResult } from "../../../local/try";
import { buildApp } from "../../../modules/app";
import { projectIn, temporary } from "../../local/try/setup";

const place = temporary();
let overview: Overview;

beforeAll(async () => {
  const project = projectIn(place.directory);
  const app = await buildApp(project, { outdir: place.directory });
  const [local] = project.environments;
  if (local === undefined) throw new Error("no environment");
  overview = overviewOf(project, app, local.environment);
});

afterAll(() => {
  place.remove();
});

const result: TryResult = {
  partner: "universal-music",
  environment: "local",
  trigger: { name: "byHand", kind: "manual" },
  outcome: "failed",
  reasons: ["order <script>alert(1)</script>: step fetch failed"],
  seconds: 10,
  startedAt: "2026-03-01T00:00:00.000Z",
  directory: "/x",
  alerts: [],
  handed: [],
  orders: [
    {
      orderId: "<script>alert(1)</script>",
      orderKey: "k",
      attempt: 1,
      chain: "order",
      outcome: "failed",
      ledgerKeys: [],
      deliveries: [
        {
          bucket: "b",
          manifestKey: "m",
          bytes: 3,
          files: [{ path: "p", key: "k/\"'&", size: 3 }],
          differences: [],
        },
      ],
      jobs: [
        {
          step: "fetch",
          generation: 1,
          jobId: "1",
          jobName: "n",
          status: "FAILED",
          attempts: [
            { startedAt: "2026-03-01T00:00:01.000Z", stoppedAt: "2026-03-01T00:00:03.000Z" },
            { startedAt: "2026-03-01T00:00:04.000Z", stoppedAt: "2026-03-01T00:00:06.000Z" },
          ],
        },
      ],
    },
  ],
};

const page = (input: Partial<PageInput> = {}): Promise<string> =>
  pageHtml({
    overview,
    runs: [result],
    validation: [{ name: "s", valid: true, diagnostics: [] }],
    madeAt: "2026-03-01T00:00:00.000Z",
    ...input,
  });

test("the page asks the network for nothing and runs no script", async () => {
  const text = await page();
  expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(text).not.toMatch(
    /<(script|img|link|iframe|object|embed|image|use)\b|@import|url\(|xlink:href/iu,
  );
  expect(text).not.toContain("<script>");
  // Links to sources of prices are followed by people alone.
  for (const [, url] of text.matchAll(/(?:src|href)="([^"]+)"/gu))
    expect(url).toMatch(/^(?:#|https:&#47;&#47;|https:\/\/aws\.amazon\.com\/)/u);
});

test("what others named is text, not markup", async () => {
  const text = await page();
  expect(text).toContain("&#60;script&#62;alert(1)&#60;/script&#62;");
  expect(text).toContain("k/&#34;&#39;&#38;");
});

test("it tells stacks, roles with their reasons, cost, and what Terraform said", async () => {
  const text = await page();
  for (const part of [
    "local--universal-music",
    "pi--local--universal-music--job-fetch",
    "because of steps.fetch: to tell the ledger how it ended",
    "NAT gateway",
    "terraform validate: 1 stack valid.",
    "bucket and manifest agree",
  ])
    expect(text).toContain(part);
  expect(await page({ validation: { notDone: "terraform is not on the PATH" } })).toContain(
    "Not validated: terraform is not on the PATH",
  );
  expect(await page({ runs: [] })).toContain("None yet.");
});

test("drawings have a name for those who do not see them", async () => {
  const text = await page();
  expect(text).toContain('role="img" aria-label="How orders go through environment local"');
  expect(text).toContain('role="img" aria-label="Jobs of universal-music over 10 s"');
});

test("the architecture shows every trigger, step and store of the partner", () => {
  const dot = architectureDot(overview);
  for (const part of [
    '"universal-music/on byHand" -> "universal-music/trigger"',
    '"universal-music/trigger" -> "universal-music/fetch" [label="submits"]',
    '"universal-music/fetch" -> "universal-music/staging" [label="files"]',
    '"universal-music/fetch" -> "universal-music/publish" [label="then"]',
    '"universal-music/publish" -> "universal-music/bucket processed" [label="files, manifest last"]',
    '"universal-music/look" -> "universal-music/trigger" [label="each new order"]',
  ])
    expect(dot).toContain(part);
});

test("names with quotes, backslashes and line breaks are drawn as they are", () => {
  const [partner] = overview.partners;
  if (partner === undefined) throw new Error("no partner");
  const dot = architectureDot({
    ...overview,
    partners: [{ ...partner, company: 'A "B" \\ C\nD' }],
  });
  expect(dot).toContain('orders of A \\"B\\" \\\\ C\\nD"');
});

test("the timeline has a bar for each attempt, at its time", () => {
  const svg = timelineSvg(result).text;
  const bars = [
    ...svg.matchAll(/<rect class="bar failed" x="([\d.]+)" y="\d+" width="([\d.]+)"/gu),
  ];
  expect(bars.map(([, x, width]) => [Number(x), Number(width)])).toEqual([
    [368, 136],
    [572, 136],
  ]);
  expect(svg).toContain("4.0 s, 2 attempts, FAILED");
});

test("html escapes texts and keeps what is html", () => {
  expect(html`<p title="${`"`}">${"<b>"} ${html`<i>${1}</i>`} ${["a", "&"]}</p>`.text).toBe(
    '<p title="&#34;">&#60;b&#62; <i>1</i> a&#38;</p>',
  );
});

test("a role's permissions are one sentence for each reason", () => {
  const role = overview.roles.find(({ name }) => name.endsWith("--universal-music--scheduler"));
  expect(sentences(role?.permissions ?? [])).toEqual([
    "can lambda:InvokeFunction on function:universal-music--trigger, because of triggers: to start the orders that are due",
    "can sqs:SendMessage on universal-music--dead-letters, because of triggers: to keep an event that could not be handled",
  ]);
});

test("what is not known before apply is said to be so", () => {
  const staging = overview.roles
    .find(({ name }) => name.endsWith("--job-fetch"))
    ?.permissions.find(({ actions }) => actions.includes("elasticfilesystem:ClientMount"));
  expect(staging?.only).toContain("elasticfilesystem:AccessPointArn is (id known after apply)");
  expect(JSON.stringify(overview)).not.toContain("TfToken");
});
