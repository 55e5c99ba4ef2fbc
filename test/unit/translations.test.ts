/** Texts that VS Code shows are calls of `l10n.t`, and l10n/bundle.l10n.json has all of them (docs/translations.md). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import ts from "typescript";
import { exportedTexts } from "../../scripts/lib/exported-texts.js";
import { speak, t, ENGLISH } from "../../src/protocol/l10n.js";
import { filesBelow, importsOf, textOf } from "../support/sources.js";
import { untranslatedIn } from "../support/untranslated.js";

const shownIn = ["src/client", "webview"].flatMap((folder) => filesBelow(folder)).filter((file) => file.endsWith(".ts"));
const sources = ["src", "webview"].flatMap((folder) => filesBelow(folder)).filter((file) => file.endsWith(".ts"));

interface TranslatedCall {
  readonly place: string;
  /** undefined: it is not written out. */
  readonly text: string | undefined;
  /** undefined: some are spread from a list. */
  readonly values: number | undefined;
}

function callsIn(file: string): TranslatedCall[] {
  const source = ts.createSourceFile(file, textOf(file) ?? "", ts.ScriptTarget.Latest, true);
  const found: TranslatedCall[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(vscode\.)?l10n\.t$/.test(node.expression.getText(source))) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      const [first, ...rest] = node.arguments;
      const commented = first !== undefined && ts.isObjectLiteralExpression(first);
      const text = commented ? messageOf(first) : first;
      found.push({
        place: `${file}:${line}`,
        text: text !== undefined && ts.isStringLiteral(text) ? text.text : undefined,
        values: commented || rest.some((value) => ts.isSpreadElement(value)) ? undefined : rest.length,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function messageOf(object: ts.ObjectLiteralExpression): ts.Expression | undefined {
  return object.properties.find((property) => ts.isPropertyAssignment(property) && property.name.getText() === "message")?.getChildAt(2) as
    ts.Expression | undefined;
}

const calls = sources.flatMap(callsIn);
const exported = exportedTexts();

describe("texts that can be translated", () => {
  it("are exported: `npm run l10n` does it again", async () => {
    assert.equal(textOf("l10n/bundle.l10n.json"), await exported);
  });

  it("are all in the export", async () => {
    const known = new Set(Object.keys(JSON.parse(await exported) as object).map((key) => key.split("/")[0]));
    const missing = calls.filter(({ text = "" }) => !known.has(text.split("/")[0]));
    assert.deepEqual(missing, []);
    assert.ok(calls.length > 250, "the calls are found");
  });

  it("are written out where they are used, so that the export finds them", () => {
    assert.deepEqual(
      calls.filter(({ text }) => text === undefined).map(({ place }) => place),
      [],
    );
    const imports = sources.flatMap((file) => importsOf(file)).filter(({ target }) => target === "src/protocol/l10n");
    const hidden = imports.filter(({ file, typeOnly }) => !typeOnly && /\bt\b[^;]*from "[^"]*\/l10n\.js"/.test(textOf(file) ?? ""));
    assert.deepEqual(
      hidden.map(({ file }) => file),
      [],
      'import * as l10n from ".../l10n.js"',
    );
  });

  it("have a place for every value, and a value for every place", () => {
    const wrong = calls.filter(({ text = "", values }) => {
      const places = new Set([...text.matchAll(/\{(\d+)\}/g)].map(([, index]) => Number(index)));
      const wanted = values ?? places.size;
      return places.size !== wanted || [...places].some((index) => index >= wanted);
    });
    assert.deepEqual(wrong, []);
  });

  it("are whole: no part of a sentence begins or ends with a space", () => {
    assert.deepEqual(
      calls.filter(({ text = "" }) => text !== text.trim()),
      [],
    );
  });

  it("are everything that is shown", () => {
    const outside = shownIn.flatMap((file) => untranslatedIn(file).map(({ line, text }) => `${file}:${line}: ${text}`));
    assert.deepEqual(outside, [], "use l10n.t(…)");
  });
});

describe("the search for texts that are not translated", () => {
  const found = (code: string): string[] => untranslatedIn("sample.ts", code).map(({ text }) => text);

  it("finds sentences, titles and words where they are shown", () => {
    assert.deepEqual(found('const why = "Nothing was built";'), ["Nothing was built"]);
    assert.deepEqual(found("void showInformation(`Deleted ${count} runs.`);"), ["Deleted {} runs."]);
    assert.deepEqual(found('item.tooltip = shown ? "shown" : text;'), ["shown"]);
    assert.deepEqual(found('pick({ label: "All", value: "all" });'), ["All"]);
    assert.deepEqual(found('h("p", { class: "dim" }, "None.");'), ["None."]);
    assert.deepEqual(found('button("Compare", { onClick });'), ["Compare"]);
  });

  it("ignores calls of l10n.t, names, logs and what is no text", () => {
    assert.deepEqual(found('item.tooltip = vscode.l10n.t("Nothing was built");'), []);
    assert.deepEqual(found('pick.title = "LTO Inspector";'), []);
    assert.deepEqual(found('log.warn("The server ended"); throw new Error("no such row");'), []);
    assert.deepEqual(found('if (fidelity === "other LLVM") icon("file-code");'), []);
    assert.deepEqual(found('h("p", { class: "waiting dim" }, text);'), []);
  });
});

describe("a display language", () => {
  it("is English until another one is set, and for texts without a translation", () => {
    assert.equal(t("{0} of {1}", "one", 2), "one of 2");
    try {
      speak({ language: "de", texts: { "{0} of {1}": "{1}, davon {0}", "Open/a verb": "Öffnen" } });
      assert.equal(t("{0} of {1}", "{1}", 2), "2, davon {1}");
      assert.equal(t({ message: "Open", comment: ["a verb"] }), "Öffnen");
      assert.equal(t("Open"), "Open");
    } finally {
      speak(ENGLISH);
    }
  });
});
