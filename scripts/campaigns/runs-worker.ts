import { doTask, type Task } from "./runs-tasks";

/* Does the tasks that its parent sends, one after the other. */
process.on("message", (task: Task) => {
  doTask(task).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(
        `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      process.exit(2);
    },
  );
});
