import path from "node:path";
import { DEVELOP_PATH, standIn as photoHost } from "../../../images/photo/stand-in";
import { bundleWorker } from "../../../images/worker/bundle";
import { startLocalCloud, startStandIns, tryPaths, type LocalCloud } from "../../../local/try";
import { readDelivery } from "../../../local/try/delivery";
import { synthesize, type Project } from "../../../modules/app";
import { submittedKey, type RunRef, type SubmittedRecord } from "../../../modules/contract";
import { projectIn, temporary, until } from "./setup";

/** A thousand, as in an archive, takes minutes: `ARRAY_CHILDREN=1000 npx jest array.test`. */
const CHILDREN = Number(process.env["ARRAY_CHILDREN"] ?? 24);
const LOST = [2, 5, 9, 14, 23];

const place = temporary();
let cloud: LocalCloud;
let close: () => Promise<void>;
const lost = new Set<number>();

/** One photo for each child, and one try on each machine. */
function project(): Project {
  const own = projectIn(place.directory);
  const partners = own.partners.flatMap((partner) => {
    const develop = partner.steps["develop"];
    if (partner.id !== "photo-archive" || develop?.kind !== "process") return [];
    const children = { filesPerChild: 1, max: 10_000 };
    const steps = { ...partner.steps, develop: { ...develop, children, attempts: 1 } };
    return [{ ...partner, steps }];
  });
  return { ...own, partners };
}

function takeMachines(): void {
  for (const { jobId = "", jobName = "", status } of cloud.batch.batch.jobs()) {
    const index = Number(jobId.split(":")[1]);
    if (status !== "RUNNING" || !jobName.endsWith("--develop--g1")) continue;
    if (!LOST.includes(index) || lost.has(index)) continue;
    lost.add(index);
    cloud.batch.batch.reclaim(jobId, { notice: false });
  }
}

beforeAll(async () => {
  const outdir = path.join(place.directory, "terraform");
  const options = { outdir, environments: ["local"], partners: ["photo-archive"] };
  const stack = (await synthesize(project(), options)).find(
    ({ owner }) => owner === "photo-archive",
  );
  const paths = tryPaths(place.directory, "local", "photo-archive");
  bundleWorker(paths.worker);
  const standIns = await startStandIns(["photo"], paths.images, () => photoHost);
  cloud = await startLocalCloud({
    stackDirectory: stack?.directory ?? "",
    paths,
    standIns,
  });
  // Taken as soon as they run: a child that has done its work can lose no machine.
  const taker = setInterval(takeMachines, 5);
  close = async () => {
    clearInterval(taker);
    await cloud.close();
    await standIns.close();
  };
});

afterAll(async () => {
  await close();
  place.remove();
});

async function put(bucket: string, key: string, body: string): Promise<void> {
  const url = `${cloud.s3.endpoint}/${[bucket, ...key.split("/")].map(encodeURIComponent).join("/")}`;
  expect((await fetch(url, { method: "PUT", body })).status).toBe(200);
}

test(
  "five children lose their machines: five are run again, and one delivery holds every photo once",
  async () => {
    expect(DEVELOP_PATH).toBe("/opt/photo/bin/develop");
    const [trigger] = cloud.spec.triggers;
    if (trigger?.kind !== "s3") throw new Error("the partner has no trigger on objects");
    const keys = Array.from({ length: CHILDREN }, (_, index) => `raw/2026-03/${String(index)}.raw`);
    for (const key of keys) await put(trigger.bucket, key, key);
    await put(trigger.bucket, "months/2026-03.list", keys.join("\n"));
    const jobs = (step: string): string[] =>
      cloud.batch.batch
        .jobs()
        .flatMap(({ jobName = "" }) => (jobName.includes(`--${step}--`) ? [jobName] : []));
    await until(() => jobs("merge").length === 1);
    const [, orderKey = "", attempt = ""] = (jobs("merge")[0] ?? "").split("--");
    const run: RunRef = { partner: "photo-archive", orderKey, attempt: Number(attempt) };
    const target = { bucket: trigger.bucket.replace("landing", "processed"), prefix: "photos/" };
    await until(() =>
      cloud.s3
        .keys(cloud.spec.ledgerBucket, "photo-archive/days/")
        .some((key) => key.endsWith(".told.json")),
    );
    await cloud.idle();
    const submitted = async (generation: number): Promise<SubmittedRecord> => {
      const key = submittedKey({ ...run, step: "develop", generation });
      return JSON.parse(
        (await cloud.s3.read(cloud.spec.ledgerBucket, key)).toString(),
      ) as SubmittedRecord;
    };
    expect((await submitted(1)).arrayIndexes).toBeUndefined();
    const again = await submitted(2);
    expect([...(again.arrayIndexes ?? [])].sort((a, b) => a - b)).toEqual(LOST);
    const [array] = cloud.batch.batch.describeJobs({ jobs: [again.jobId] }).jobs ?? [];
    expect(array?.arrayProperties?.size).toBe(LOST.length);
    expect(array?.jobQueue).toMatch(/on-demand/u);
    const delivery = await readDelivery(cloud.s3, target, run);
    expect(delivery?.differences).toEqual([]);
    expect(delivery?.files.map(({ path: file }) => file).sort()).toEqual(
      keys
        .flatMap((key) => [".preview.jpg", ".thumb.jpg"].map((end) => `${key.slice(4)}${end}`))
        .sort(),
    );
  },
  600_000 + CHILDREN * 3000,
);
