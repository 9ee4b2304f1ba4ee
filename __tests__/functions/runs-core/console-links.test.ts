import { consoleLinks } from "../../../functions/runs-core/console-links";
import { FUNCTION_JOB_ID } from "../../../modules/contract";
import type { GenerationState } from "../../../modules/ledger";

const REGION = "eu-central-1";
const CONSOLE = "https://eu-central-1.console.aws.amazon.com";
const linksOf = (jobId: string, jobDefinition?: string): readonly object[] =>
  consoleLinks(REGION, {
    job: { jobId },
    ...(jobDefinition === undefined ? {} : { submitted: { jobDefinition } }),
  } as unknown as GenerationState);

test("a job of Batch: its page, and the log of its partner's jobs", () => {
  const definition =
    "arn:aws:batch:eu-central-1:111122223333:job-definition/pi--prod--acme-eu--fetch:12";
  expect(linksOf("0a1b-2c", definition)).toEqual([
    { label: "job", url: `${CONSOLE}/batch/home?region=eu-central-1#jobs/detail/0a1b-2c` },
    {
      label: "log",
      url: `${CONSOLE}/cloudwatch/home?region=eu-central-1#logsV2:log-groups/log-group/$252Fpi$252Fprod$252Facme-eu$252Fjobs`,
    },
  ]);
});

test("a step that a function did has no job: the function's log alone", () => {
  const arn = "arn:aws:lambda:eu-central-1:111122223333:function:pi--prod--acme--unpack";
  expect(linksOf(FUNCTION_JOB_ID, arn)).toEqual([
    {
      label: "log",
      url: `${CONSOLE}/cloudwatch/home?region=eu-central-1#logsV2:log-groups/log-group/$252Fpi$252Fprod$252Facme$252Funpack`,
    },
  ]);
});

test("a job that nobody recorded, or whose definition has a name of its own, has its page alone", () => {
  const page = [
    { label: "job", url: `${CONSOLE}/batch/home?region=eu-central-1#jobs/detail/a%3A1` },
  ];
  expect(linksOf("a:1")).toEqual(page);
  expect(linksOf("a:1", "arn:aws:batch:eu-central-1:111122223333:job-definition/other:1")).toEqual(
    page,
  );
});
