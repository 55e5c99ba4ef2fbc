/** Finds texts of a source that VS Code or a page would show in English whatever the display language is. */
import path from "node:path";
import ts from "typescript";
import { textOf } from "./sources.js";

export interface Untranslated {
  readonly line: number;
  readonly text: string;
}

/** Properties and attributes whose text is shown or read aloud. */
const SHOWN: ReadonlySet<string> = new Set([
  "alt",
  "aria-description",
  "aria-label",
  "aria-roledescription",
  "description",
  "detail",
  "heading",
  "help",
  "hint",
  "label",
  "message",
  "openLabel",
  "placeHolder",
  "placeholder",
  "prompt",
  "text",
  "title",
  "tooltip",
  "words",
]);

/** Calls whose strings nobody sees in the window: logs, errors of programs, names that VS Code and browsers define, comparisons and patterns. */
const UNSEEN_CALLS =
  /(^|\.)(log|warn|error|debug|info|\w*Error|require|executeCommand|startsWith|endsWith|includes|split|join|replace|replaceAll|matchMedia|querySelector|querySelectorAll|closest|setProperty|addEventListener|RegExp|tell|refused)$/;

/** Names, and what is the same in every language. */
const NAMES = /\b(LTO Inspector|LLVM|rustc|LTO|lto|[Cc]argo|libLLVM|lib|CGU|ms|kB)\b/g;

/** Arguments of `h` and `svg` from the third on are shown. */
const ELEMENTS: ReadonlySet<string> = new Set(["h", "svg"]);

/** Functions whose first argument is shown. */
const TELLING: ReadonlySet<string> = new Set([
  "ask",
  "askWarning",
  "badge",
  "button",
  "checkbox",
  "dropdown",
  "link",
  "mention",
  "section",
  "setText",
  "showError",
  "showInformation",
  "showWarning",
  "textField",
]);

/** Values of reports that look like texts. */
const KEYS: ReadonlySet<string> = new Set(["other LLVM", "same LLVM, not verified"]);

const COMPARING: ReadonlySet<ts.SyntaxKind> = new Set([ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken]);

const CALLS: ReadonlySet<string> = new Set(["l10n.t", "vscode.l10n.t"]);

/** Texts of a file that have words and are not in a call of `l10n.t`. */
export function untranslatedIn(file: string, content = textOf(file) ?? ""): Untranslated[] {
  const source = ts.createSourceFile(path.basename(file), content, ts.ScriptTarget.Latest, true);
  const found: Untranslated[] = [];
  const visit = (node: ts.Node): void => {
    if (isTranslation(node) || isUnseen(node, source)) return;
    const text = stringOf(node);
    if (text !== undefined && isText(node, text, source)) {
      found.push({ line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1, text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A call whose text the export finds. Its values come from elsewhere. */
function isTranslation(node: ts.Node): boolean {
  return ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && CALLS.has(node.expression.getText());
}

/** The text of a string, with `{}` for what is put into it. */
function stringOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join("{}");
}

function isUnseen(node: ts.Node, source: ts.SourceFile): boolean {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return true;
  // Computes a class attribute.
  if (ts.isFunctionDeclaration(node) && (node.name?.text ?? "").endsWith("Class")) return true;
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false;
  return UNSEEN_CALLS.test(node.expression.getText(source));
}

function isText(node: ts.Node, text: string, source: ts.SourceFile): boolean {
  const words = text.replaceAll(NAMES, "").replaceAll(/\$\([\w~-]+\)/g, "");
  if (!/\p{L}{2}/u.test(words) || KEYS.has(text)) return false;
  // A sentence or a title is a text wherever it is; a word is one where it is shown.
  const isSentence = /\p{L}{2,}[,:;]? [\p{L}{]/u.test(words) && !/^[a-z][\w.]*( \{\})+$/.test(text);
  if (isSentence && !isTechnical(node, text)) return true;
  return isShown(node, source);
}

/** Lists of classes, paths of drawings, values of styles, the frame of a page, and values that are compared with one of a type. */
function isTechnical(node: ts.Node, text: string): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return true;
  if (ts.isCaseClause(parent) || text.startsWith("<!DOCTYPE html>")) return true;
  if (ts.isBinaryExpression(parent) && COMPARING.has(parent.operatorToken.kind)) return true;
  if (ts.isPropertyAssignment(parent) && /^(class|d|style|width|tight|viewBox|transform|fill)$/.test(nameOf(parent.name))) return true;
  return /^[MmLl][\d. -]/.test(text);
}

function nameOf(name: ts.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : "";
}

/** Whether the place of a string is one whose value is shown. */
function isShown(node: ts.Node, source: ts.SourceFile): boolean {
  const { parent } = node;
  if (ts.isConditionalExpression(parent) && parent.condition !== node) return isShown(parent, source);
  if (ts.isParenthesizedExpression(parent) || ts.isAsExpression(parent)) return isShown(parent, source);
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return isShown(parent, source);
  if (ts.isTemplateSpan(parent)) return isShown(parent.parent, source);
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isPropertyAssignment(parent)) return SHOWN.has(nameOf(parent.name));
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    return ts.isPropertyAccessExpression(parent.left) && SHOWN.has(parent.left.name.text);
  }
  if (ts.isCallExpression(parent)) {
    const callee = parent.expression.getText(source);
    const at = parent.arguments.findIndex((argument) => argument === node);
    if (ELEMENTS.has(callee)) return at >= 2;
    return TELLING.has(callee) && at <= 1;
  }
  return false;
}
