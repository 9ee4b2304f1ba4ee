import { fork } from "node:child_process";
import path from "node:path";
import { doTask, type Task, type TaskResult } from "./runs-tasks";

/** Does tasks in processes side by side, or in this one where there is one. */
export async function doTasks(
  tasks: readonly Task[],
  workers: number,
  done: (result: TaskResult) => void,
): Promise<void> {
  const left = [...tasks];
  if (workers === 1) {
    for (const task of left) done(await doTask(task));
    return;
  }
  await Promise.all(Array.from({ length: workers }, () => worker(left, done)));
}

function worker(left: Task[], done: (result: TaskResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(path.join(__dirname, "runs-worker.ts"), { execArgv: ["--import", "tsx"] });
    const next = (): void => {
      const task = left.shift();
      if (task === undefined) child.disconnect();
      else child.send(task);
    };
    child.on("message", (result) => {
      done(result as TaskResult);
      next();
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a process of the campaign ended with ${String(code)}`));
    });
    next();
  });
}
