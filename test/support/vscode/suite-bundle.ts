/** Bundles suites for the extension host into the single module that VS Code loads. */
import fs from "node:fs";
import { SourceMap } from "node:module";
import type { SourceMapPayload } from "node:module";
import path from "node:path";
import { build } from "esbuild";
import { inRoot } from "../../../scripts/lib/paths.mjs";

export interface SuiteBundle {
  /** A CommonJS module that exports `run`. */
  readonly file: string;
  /** Maps the bundle's lines in stacks to source lines, which Node cannot do because VS Code formats stacks itself. */
  readonly withSourceLines: (text: string) => string;
}

function sourceLines(file: string): SuiteBundle["withSourceLines"] {
  const map = new SourceMap(JSON.parse(fs.readFileSync(`${file}.map`, "utf8")) as SourceMapPayload);
  const place = new RegExp(`${file.replaceAll(/[^\w/-]/g, "\\$&")}:(\\d+):(\\d+)`, "g");
  return (text) =>
    text.replaceAll(place, (found, line: string, column: string) => {
      const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
      if (!("originalSource" in entry)) return found;
      const source = path.relative(inRoot(), path.resolve(path.dirname(file), entry.originalSource));
      return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
}

/**
 * Bundles suites.
 *
 * @param suites their sources, relative to the repository
 * @param folder where the bundle goes
 */
export async function bundleSuites(suites: readonly string[], folder: string): Promise<SuiteBundle> {
  const imports = suites.map((suite) => `import ${JSON.stringify(inRoot(suite))};`);
  const runner = JSON.stringify(inRoot("test", "support", "vscode", "in-host.ts"));
  const file = path.join(folder, "index.js");
  await build({
    stdin: { contents: [...imports, `export { run } from ${runner};`].join("\n"), resolveDir: inRoot("test"), loader: "ts" },
    outfile: file,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap: "linked",
    external: ["vscode"],
    logLevel: "warning",
  });
  return { file, withSourceLines: sourceLines(file) };
}
