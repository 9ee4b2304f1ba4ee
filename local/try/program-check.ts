import { accessSync, constants } from "node:fs";
import path from "node:path";
import { ConfigError } from "../../modules/core";
import { type DeclaredPartner } from "../terraform-json";
import { stepSettingsOf } from "./local-cloud";
import { imageName, type StandIns } from "./stand-ins";

/**
 * Makes sure that every program that the steps run is there: laid by a stand-in where its path is absolute, else on the
 * PATH.
 *
 * @throws ConfigError that says how to add a stand-in
 */
export function requirePrograms(
  declared: DeclaredPartner,
  partner: string,
  standIns: StandIns,
): void {
  const faults = Object.values(declared.jobDefinitions).flatMap((definition) => {
    const settings = stepSettingsOf(definition);
    if (settings === undefined || !("program" in settings)) return [];
    const [program = ""] = settings.program;
    const uri = definition.containerProperties?.image ?? "";
    if (isThere(program, standIns.imageRoot(uri))) return [];
    const image = imageName(uri);
    return [
      `partners/${partner}: the ${settings.kind} step runs ${JSON.stringify(program)}, which is not on this machine; to run it here add images/${image === "worker" ? "<your image>" : image}/stand-in/index.ts that exports standIn (images/stand-in.ts says what it is, images/teleport/stand-in is an example)${path.isAbsolute(program) ? "" : ", or put the program on the PATH"}`,
    ];
  });
  if (faults.length > 0) throw new ConfigError([...new Set(faults)]);
}

function isThere(program: string, imageRoot: string | undefined): boolean {
  const places = path.isAbsolute(program)
    ? imageRoot === undefined
      ? []
      : [path.join(imageRoot, program)]
    : (process.env["PATH"] ?? "")
        .split(path.delimiter)
        .map((directory) => path.join(directory, program));
  return places.some((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
