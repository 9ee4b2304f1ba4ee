import { MissingToolError } from "../../modules/core";
import { findProgram, type Machine, thisMachine } from "../machine";

/** Oldest Terraform that knows the S3 backend's own lock. */
export const TERRAFORM_MINIMUM = "1.10.0";

/**
 * Finds Terraform on the PATH.
 *
 * @throws MissingToolError saying how to get it on this platform
 */
export function findTerraform(machine: Machine = thisMachine()): string {
  const found = findProgram(machine, "terraform");
  if (found !== undefined) return found;
  throw new MissingToolError(
    `terraform is not on the PATH, ${TERRAFORM_MINIMUM} or newer is needed; ${howToGetTerraform(machine)}`,
  );
}

/** How to install Terraform, for people. */
export function howToGetTerraform(machine: Machine = thisMachine()): string {
  const page = "https://developer.hashicorp.com/terraform/install";
  switch (machine.platform) {
    case "darwin":
      return `install it with "brew install hashicorp/tap/terraform", or see ${page}`;
    case "win32":
      return `install it with "winget install Hashicorp.Terraform", or see ${page}`;
    default:
      return `install it from your distribution's HashiCorp repository, or put the program on the PATH: ${page}`;
  }
}
