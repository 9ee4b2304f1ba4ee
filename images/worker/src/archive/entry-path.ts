/** A path that can be part of a key, or why the name gives none. */
export type CheckedPath = { readonly path: string } | { readonly fault: string };

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;

/**
 * Checks the name of an entry. What could lead elsewhere is refused, never repaired: two readers that repair a name
 * differently see two different archives.
 */
export function entryPath(name: string): CheckedPath {
  if (name === "") return { fault: "an entry has no name" };
  const shown = JSON.stringify(name.slice(0, 120));
  if (!name.isWellFormed()) return { fault: `${shown} is no well-formed Unicode` };
  if (CONTROL.test(name)) return { fault: `${shown} has control characters in its name` };
  if (name.includes("\\")) return { fault: `${shown} has a backslash in its name` };
  if (name.startsWith("/")) return { fault: `${shown} is an absolute path` };
  if (/^[A-Za-z]:/u.test(name)) return { fault: `${shown} begins with a drive letter` };
  const path = name.normalize("NFC");
  const segments = path.split("/");
  if (segments.includes("..")) return { fault: `${shown} leads out of the archive with ".."` };
  if (segments.includes(".") || segments.includes(""))
    return { fault: `${shown} has empty or "." parts` };
  return { path };
}
