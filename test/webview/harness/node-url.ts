/** Replaces node:url in the browser. */
export function pathToFileURL(path: string): URL {
  return new URL(`file://${encodeURI(path)}`);
}
