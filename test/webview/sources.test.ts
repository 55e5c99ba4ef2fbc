/** Rules for the sources of the page that a program can check. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pageHtml } from "../../src/client/pages/page-html.js";
import { ENGLISH } from "../../src/protocol/l10n.js";
import { filesBelow, importsOf, textOf } from "../support/sources.js";

const files = filesBelow("webview");
const scripts = files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));
const imports = scripts.flatMap((file) => importsOf(file));

function linesWith(pattern: RegExp, among = files): readonly string[] {
  return among.flatMap((file) =>
    (textOf(file) ?? "").split("\n").flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}

describe("the page's sources", () => {
  it("import the toolkit in one file", () => {
    const users = imports
      .filter(({ module }) => /^@vscode\/webview-ui-toolkit|^@microsoft\/fast/.test(module ?? ""))
      .map(({ file }) => file);
    assert.deepEqual(users, ["webview/toolkit.ts"]);
  });

  it("import only the protocol from src", () => {
    const targets = imports.flatMap(({ target }) => (target?.startsWith("src/") ? [target] : []));
    assert.ok(targets.length > 10);
    assert.deepEqual(
      targets.filter((target) => !target.startsWith("src/protocol/")),
      [],
    );
  });

  it("have no way to turn text into markup or code", () => {
    assert.deepEqual(
      linesWith(/\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|DOMParser|eval|Function)\b\s*[(=]|\.html\(/),
      [],
    );
  });

  it("take every colour from the theme", () => {
    const styles = files.filter((file) => file.endsWith(".css"));
    assert.ok(styles.length > 0);
    assert.deepEqual(linesWith(/#[0-9a-f]{3,8}\b|\b(rgba?|hsla?)\(/i, styles), []);
  });
});

describe("the page's policy", () => {
  const html = pageHtml({ nonce: "N", source: "S", style: "dashboard.css", script: "dashboard.js", title: "T", language: ENGLISH });
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";

  it("allows scripts by nonce only, and nothing else but styles", () => {
    assert.equal(policy, "default-src 'none'; script-src 'nonce-N'; style-src S 'unsafe-inline'; base-uri 'none'; form-action 'none'");
  });

  it("is not violated by the page itself", () => {
    const data = '<script type="application/json" id="display-language">';
    assert.deepEqual(html.match(/<script[^>]*>/g), [data, '<script type="module" nonce="N" src="dashboard.js">']);
    assert.doesNotMatch(html, /\son\w+=|javascript:/);
  });

  it("holds whatever a translation contains", () => {
    const evil = '</script></title><script>alert("&")</script>';
    const language = { language: 'de"><script>', texts: { evil } };
    const made = pageHtml({ nonce: "N", source: "S", style: "dashboard.css", script: "dashboard.js", title: evil, language });
    assert.equal(made.match(/<script/g)?.length, 2);
    const handedOver = /id="display-language">(.*?)<\/script>/.exec(made)?.[1] ?? "";
    assert.deepEqual(JSON.parse(handedOver), language);
  });
});
