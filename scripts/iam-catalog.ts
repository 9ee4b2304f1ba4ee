import { catalogFiles } from "./generated-iam-catalog";
import { writeGenerated } from "./write-generated";

// The catalog of IAM actions.
void catalogFiles().then(writeGenerated);
