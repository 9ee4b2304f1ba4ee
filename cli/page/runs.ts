import { type TriedOrder, type TryResult } from "../../local/try";
import { bytes, count, duration } from "../output/words";
import { html, Html } from "./html";
import { timelineSvg } from "./timeline";

/** What a run on this machine did: when each job worked, what was delivered, what went wrong. */
export function runSection(run: TryResult): Html {
  const tone = run.outcome === "failed" ? "bad" : "good";
  return html`<h3>
      ${run.partner} <span class="${tone}">${run.outcome}</span>
      <span class="muted">by ${run.trigger.name}, ${duration(run.seconds)}</span>
    </h3>
    ${run.reasons.map((reason) => html`<p class="bad">${reason}</p>`)}
    <div class="scroll" tabindex="0" role="group" aria-label="Timeline, scrolls sideways">
      ${timelineSvg(run)}
    </div>
    ${run.orders.map(orderPart)}`;
}

function orderPart(order: TriedOrder): Html {
  return html`${order.deliveries.map(
    ({ bucket, files, bytes: size, manifestKey, differences }) =>
      html`<p>
          Order <code>${order.orderId}</code>: ${count(files.length, "file")}, ${bytes(size)} in
          <code>${bucket}</code>;
          ${differences.length === 0 ? html`<span class="good">bucket and manifest agree</span>` : html`<span class="bad">${differences.join("; ")}</span>`}
        </p>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th>Object</th>
                <th class="number">Size</th>
              </tr>
            </thead>
            <tbody>
              ${[
                ...files.map(
                  (file) =>
                    html`<tr>
                      <td class="mono">${file.key}</td>
                      <td class="number">${bytes(file.size)}</td>
                    </tr>`,
                ),
                html`<tr>
                  <td class="mono">${manifestKey}</td>
                  <td class="number muted">manifest, last</td>
                </tr>`,
              ]}
            </tbody>
          </table>
        </div>`,
  )}
  ${order.jobs.length === 0 ? new Html("") : html`<p class="muted">Jobs: ${order.jobs.map((job) => html`<span class="mono">${job.step} ${job.jobId}</span> `)}</p>`}`;
}
