import { type TryResult } from "../../local/try";
import { type ValidatedStack } from "../commands/validate";
import { count } from "../output/words";
import { type Overview } from "../overview/overview";
import { type RoleInWords } from "../overview/role-words";
import { architectureSvg } from "./architecture";
import { html, Html } from "./html";
import { runSection } from "./runs";
import { STYLES } from "./styles";

/** What a page tells. */
export interface PageInput {
  readonly overview: Overview;
  /** The last run on this machine of each partner. */
  readonly runs: readonly TryResult[];
  /** What Terraform said of the stacks, or why it was not asked. */
  readonly validation: readonly ValidatedStack[] | { readonly notDone: string };
  /** ISO 8601 instant. */
  readonly madeAt: string;
}

/** Makes the page: one file that needs no network and no script. */
export async function pageHtml(input: PageInput): Promise<string> {
  const { overview, runs } = input;
  const { id, account, region, offline } = overview.environment;
  const title = `partner-ingest: environment ${id}`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${new Html(STYLES)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="muted">
            Account <code>${account}</code>,
            ${region}${offline ? ", made up: it exists on no account" : ""}. Made
            ${input.madeAt.slice(0, 16).replace("T", " ")} UTC.
          </p>
          <nav aria-label="Sections">
            <ul>
              <li><a href="#architecture">Architecture</a></li>
              <li><a href="#runs">Runs</a></li>
              <li><a href="#terraform">Terraform</a></li>
              <li><a href="#roles">Roles</a></li>
              <li><a href="#cost">Idle cost</a></li>
            </ul>
          </nav>
        </header>
        <main>
          <section id="architecture">
            <h2>How orders go through</h2>
            <div
              class="scroll"
              tabindex="0"
              role="group"
              aria-label="Architecture, scrolls sideways"
            >
              ${await architectureSvg(overview)}
            </div>
            ${triggerTable(overview)}
          </section>
          <section id="runs">
            <h2>Runs on this machine</h2>
            ${runs.length === 0 ? html`<p>None yet. Run <code>partner-ingest try &lt;partner&gt;</code>, in a clone <code>npm run cli -- try &lt;partner&gt;</code>.</p>` : runs.map(runSection)}
          </section>
          <section id="terraform">
            <h2>Terraform</h2>
            ${validationPart(input.validation)} ${stackTable(overview)}
          </section>
          <section id="roles">
            <h2>What each role can do, and why</h2>
            ${overview.roles.map(roleSection)}
          </section>
          <section id="cost">
            <h2>What it costs per month while nothing happens</h2>
            ${costTable(overview)}
          </section>
        </main>
        <footer class="muted"><p>This page is one file: no request leaves it.</p></footer>
      </body>
    </html> `;
  return page.text;
}

function triggerTable({ partners }: Overview): Html {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>Partner</th>
          <th>Orders become known by</th>
          <th></th>
        </tr>
      </thead>
      <tbody>
        ${partners.flatMap(({ id, triggers }) =>
          triggers.map(
            ({ name, kind, detail }) =>
              html`<tr>
                <td>${id}</td>
                <td>${name} (${kind})</td>
                <td>${detail}</td>
              </tr>`,
          ),
        )}
      </tbody>
    </table>
  </div>`;
}

function validationPart(validation: PageInput["validation"]): Html {
  if ("notDone" in validation) return html`<p>Not validated: ${validation.notDone}</p>`;
  const invalid = validation.filter(({ valid }) => !valid);
  return invalid.length === 0
    ? html`<p class="good">terraform validate: ${count(validation.length, "stack")} valid.</p>`
    : html`${invalid.map(({ name, error }) => html`<p class="bad">terraform validate, ${name}: ${error ?? ""}</p>`)}`;
}

function stackTable({ stacks, queues, buckets }: Overview): Html {
  return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Stack</th>
            <th>Kind</th>
            <th class="number">Resources</th>
          </tr>
        </thead>
        <tbody>
          ${stacks.map(
            ({ name, kind, resources }) =>
              html`<tr>
                <td class="mono">${name}</td>
                <td>${kind}</td>
                <td class="number">${resources}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <h3>Queues</h3>
    <ul>
      ${queues.map((name) => html`<li class="mono">${name}</li>`)}
    </ul>
    <h3>Buckets</h3>
    <ul>
      ${buckets.map(({ name }) => html`<li class="mono">${name}</li>`)}
    </ul>`;
}

function roleSection(role: RoleInWords): Html {
  return html`<h3 class="mono">${role.name}</h3>
    <p class="muted">${role.purpose}. Taken on by ${role.usedBy}.</p>
    <ul class="permissions">
      ${role.permissions.map(({ actions, resources, only, because }) => html`<li>can <strong>${actions.join(", ")}</strong> on ${resources.map((resource) => html`<code>${resource}</code> `)}${only.length === 0 ? "" : html`only if ${only.map((condition) => html`<code>${condition}</code> `)}`}because ${because}</li>`)}
    </ul>`;
}

function costTable({ idleCost }: Overview): Html {
  if (!idleCost.priced) return html`<p>Unknown: ${idleCost.reason}</p>`;
  return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Item</th>
            <th class="number">Count</th>
            <th class="number">USD each</th>
            <th class="number">USD</th>
            <th>Price of</th>
          </tr>
        </thead>
        <tbody>
          ${idleCost.items.map(
            ({ item, count: number, unitPrice, monthly, price }) =>
              html`<tr>
                <td>${item}</td>
                <td class="number">${number}</td>
                <td class="number">${unitPrice.toFixed(2)}</td>
                <td class="number">${monthly.toFixed(2)}</td>
                <td>${price.asOf}, <a href="${price.source}">${price.source}</a></td>
              </tr>`,
          )}
          <tr>
            <th>Together</th>
            <td></td>
            <td></td>
            <th class="number">${idleCost.monthly.toFixed(2)}</th>
            <td></td>
          </tr>
        </tbody>
      </table>
    </div>
    <p class="muted">
      Jobs, requests, storage and traffic are paid for as they are used and are not in this sum.
    </p>`;
}
