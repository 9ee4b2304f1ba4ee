import { generatedDocs } from "./generated-docs";
import { writeGenerated } from "./write-generated";

// The documents that follow from code.
void generatedDocs().then(writeGenerated);
