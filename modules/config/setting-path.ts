/** A setting as the user writes it: `partners/acme.steps.fetch.after[0]`. */
export function settingPath(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === "number"
        ? `${text}[${String(part)}]`
        : /^[A-Za-z_$][\w$]*$/u.test(String(part))
          ? `${text}.${String(part)}`
          : `${text}[${JSON.stringify(String(part))}]`,
    root,
  );
}
