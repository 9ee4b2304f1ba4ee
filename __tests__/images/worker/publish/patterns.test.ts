import { pathMatcher } from "../../../../images/worker/src/publish/patterns";

test.each([
  ["*.md5", ["a.md5", "deep/er/a.md5", ".md5"], ["a.md5x", "a.MD5", "a.md5/b"]],
  ["SHA256SUMS", ["SHA256SUMS", "x/SHA256SUMS"], ["SHA256SUMS.txt"]],
  ["sums/*.txt", ["sums/a.txt"], ["a.txt", "x/sums/a.txt", "sums/b/a.txt"]],
  ["**/sums.?", ["sums.1", "a/b/sums.2"], ["sums.10", "sums./"]],
  ["a**b/c", ["ab/c", "a/x/b/c"], ["a/c"]],
  ["a+(b).[c]", ["a+(b).[c]"], ["aa(b).c"]],
])("%s", (pattern, matching, others) => {
  const matches = pathMatcher(pattern);
  expect(matching.filter((path) => !matches(path))).toEqual([]);
  expect(others.filter(matches)).toEqual([]);
});
