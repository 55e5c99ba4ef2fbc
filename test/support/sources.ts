/** The repository's own source files and what they import, for tests that check the invariants of docs/architecture.md. */
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { repository } from "./repository.js";

const NOT_OURS = new Set([".git", ".cache", "node_modules", "dist", "build", "target", "work"]);

/** Every file below a folder of the repository that is not generated: paths relative to the repository, with `/`. */
export function filesBelow(folder: string): string[] {
  const absolute = path.join(repository, folder);
  if (!fs.existsSync(absolute)) return [];
  return fs
    .readdirSync(absolute, { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(file) : entry.isFile() ? [file] : [];
    })
    .sort();
}

/** A file's text; undefined for a binary file. */
export function textOf(file: string): string | undefined {
  const content = fs.readFileSync(path.join(repository, file));
  return content.includes(0) ? undefined : content.toString("utf8");
}

export interface Import {
  readonly file: string;
  readonly line: number;
  /** The module as it is written; null if it is computed at run time. */
  readonly module: string | null;
  /** The target of a relative import, without suffix ("src/core/base/errors"); null for a package. */
  readonly target: string | null;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
}

/** Calls that load a module or a native addon. */
function loadedByCall(node: ts.CallExpression, source: ts.SourceFile): string | null | undefined {
  const callee = node.expression.getText(source);
  const isLoad = node.expression.kind === ts.SyntaxKind.ImportKeyword || /(^|\.)(require|dlopen|createRequire)$/.test(callee);
  if (!isLoad) return undefined;
  const [argument] = node.arguments;
  return argument && ts.isStringLiteralLike(argument) ? argument.text : null;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/** Every import, re-export, `import()`, `require` and `dlopen` of a TypeScript file. */
export function importsOf(file: string, text = textOf(file) ?? ""): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (node: ts.Node, module: string | null, typeOnly: boolean): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    const target = module?.startsWith(".") ? path.posix.join(path.posix.dirname(file), module).replace(/\.js$/, "") : null;
    found.push({ file, line, module, target, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      add(node, node.moduleSpecifier.text, isTypeOnly(node));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      add(node, node.argument.literal.text, true);
    } else if (ts.isCallExpression(node)) {
      const module = loadedByCall(node, source);
      if (module !== undefined) add(node, module, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The addon's own headers that a C++ file includes: `target` is the header, relative to the repository. */
export function includesOf(file: string, text = textOf(file) ?? ""): { file: string; line: number; target: string }[] {
  return text.split("\n").flatMap((content, index) => {
    const target = /^\s*#\s*include\s*"((?:binding|lto|process)\/[^"]+)"/.exec(content)?.[1];
    return target === undefined ? [] : [{ file, line: index + 1, target: `addon/${target}` }];
  });
}
