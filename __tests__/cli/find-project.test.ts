import { mkdirSync } from "node:fs";
import path from "node:path";
import { findProject } from "../../cli/find-project";
import { scratchProject } from "./scratch-project";

test("a project is found from any directory in it", () => {
  const project = scratchProject();
  try {
    const deep = path.join(project.root, "images", "x", "y");
    mkdirSync(deep, { recursive: true });
    expect(findProject(project.root)).toBe(project.root);
    expect(findProject(deep)).toBe(project.root);
    expect(findProject(path.join(project.root, "partners"))).toBe(project.root);
  } finally {
    project.remove();
  }
});
