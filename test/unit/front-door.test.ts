/**
 * What contributors read first is correct: everything that CONTRIBUTING and .vscode name exists, links work, and the index has every page of docs.
 */
import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { SERVER_INSPECTOR, serverArguments } from "../../src/client/debug-run.js";
import { repository } from "../support/repository.js";
import { filesBelow, textOf } from "../support/sources.js";

const CONTRIBUTING = textOf("CONTRIBUTING.md") ?? "";
const pages = [...filesBelow("docs").filter((file) => file.endsWith(".md")), "README.md", "CONTRIBUTING.md"];
const scripts = Object.keys((json("package.json") as { scripts: Record<string, string> }).scripts);

/** Paths that a build makes, which are not in a fresh clone. */
const MADE = /^(dist|build|\.cache|node_modules|addon\/build)(\/|$)/;

function json(file: string): unknown {
  return JSON.parse(textOf(file) ?? "") as unknown;
}

function exists(file: string): boolean {
  return MADE.test(file) || existsSync(path.join(repository, file));
}

/** The targets of a page's links, relative to the repository. */
function linksOf(page: string): string[] {
  const links = [...(textOf(page) ?? "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link.replace(/#.*$/, ""));
  return links
    .filter((link) => link !== "" && !/^[a-z]+:/.test(link))
    .map((link) => path.posix.normalize(path.posix.join(path.posix.dirname(page), link)));
}

/** Paths in the code of a Markdown text: in backticks, or words of a block of code. */
function pathsIn(text: string): string[] {
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  const blocks = [...text.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
  return [...inline, ...blocks]
    .flatMap((code) => code.replaceAll(/"?\$PWD\/|["'(),;]/g, " ").split(/\s+/))
    .map((word) => word.replace(/^.*=/, ""))
    .filter((word) => /^[\w.-]+(\/[\w.-]+)*\/?$/.test(word) && !/\bNAME\b/.test(word))
    .filter(
      (word) => /^(addon|bench|dist|docs|examples|media|schemas|scripts|src|test|webview|\.\w+)\//.test(word) || /\.(md|json)$/.test(word),
    );
}

describe("documentation", () => {
  it("links to what exists", () => {
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter((target) => !exists(target))
        .map((target) => `${page}: ${target}`),
    );
    assert.deepEqual(broken, []);
  });

  it("is in the index of its folder", () => {
    for (const index of ["docs/README.md", "docs/decisions/README.md"]) {
      const folder = path.posix.dirname(index);
      const wanted = filesBelow(folder).filter((file) => file.endsWith(".md") && path.posix.dirname(file) === folder && file !== index);
      assert.ok(wanted.length > 0);
      const linked = linksOf(index);
      assert.deepEqual(
        wanted.filter((file) => !linked.includes(file)),
        [],
        `${index} lacks a page`,
      );
    }
  });

  it("has decisions with consecutive numbers, each with a context, a decision and consequences", () => {
    const decisions = filesBelow("docs/decisions").filter((file) => !file.endsWith("README.md"));
    for (const [index, file] of decisions.entries()) {
      const text = textOf(file) ?? "";
      assert.ok(path.basename(file).startsWith(`${String(index + 1).padStart(4, "0")}-`), file);
      assert.ok(text.startsWith(`# ${index + 1}. `), file);
      assert.deepEqual(text.match(/^## .+$/gm), ["## Context", "## Decision", "## Consequences"], file);
      assert.ok(text.split("\n").length <= 40, `${file} is longer than a page`);
    }
  });

  it("explains each term once, in order", () => {
    const sections = (textOf("docs/glossary.md") ?? "").split(/^## /m).slice(1);
    // After the head of each table.
    const terms = sections.map((section) => [...section.matchAll(/^\| ([^|]+) \| /gm)].map(([, term = ""]) => term).slice(2));
    const sorted = terms.map((section) => section.toSorted((a, b) => a.localeCompare(b, "en")));
    assert.deepEqual(terms, sorted);
    assert.equal(terms.flat().length, new Set(terms.flat()).size);
  });
});

describe("CONTRIBUTING", () => {
  it("names files and folders that exist", () => {
    const paths = pathsIn(CONTRIBUTING);
    assert.ok(paths.length > 25, paths.join(" "));
    assert.deepEqual(
      paths.filter((file) => !exists(file)),
      [],
    );
  });

  it("names npm scripts that exist, and every tier of tests", () => {
    const named = [...CONTRIBUTING.matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)].map(([, script = ""]) => script);
    assert.deepEqual(
      named.filter((script) => !scripts.includes(script)),
      [],
    );
    assert.deepEqual(
      scripts.filter((script) => script.startsWith("test") && !named.includes(script)),
      [],
    );
  });
});

describe("the tests that CONTRIBUTING names", () => {
  const examples = [...CONTRIBUTING.matchAll(/^npm run test:(\w+) -- (\S+)(?: -t "([^"]+)")?/gm)];

  for (const [command, tier = "", word = "", name = ""] of examples) {
    it(`exist: ${command}`, () => {
      const folder = tier === "engine" ? "addon/test" : `test/${tier}`;
      const files = filesBelow(folder).filter((file) => tier === "engine" || path.basename(file).includes(word));
      // A suite of GoogleTest is a word of its sources; a test in TypeScript has its name in quotes.
      const wanted = tier === "engine" ? new RegExp(`^TEST\\w*\\(${word}`, "m") : new RegExp(`\\b(it|describe)\\(["\`].*${name}`);
      assert.ok(
        files.some((file) => wanted.test(textOf(file) ?? "")),
        files.join(" "),
      );
    });
  }

  it("belong to several tiers", () => {
    assert.ok(new Set(examples.map(([, tier]) => tier)).size >= 3);
  });
});

describe("a command of the command line", () => {
  const commands = [...(textOf("src/cli/main.ts") ?? "").matchAll(/^ +(\w+)Command,$/gm)].map(([, name = ""]) =>
    name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  );

  it("has a JSON Schema, a row in README, and an entry among those whose output is tested with injections", () => {
    assert.ok(commands.includes("thin"));
    const readme = textOf("README.md") ?? "";
    const tried = textOf("test/support/printing-commands.ts") ?? "";
    for (const command of commands) {
      assert.ok(existsSync(path.join(repository, "schemas", `${command}.schema.json`)), `schemas/${command}.schema.json is missing`);
      assert.match(readme, new RegExp(`^\\| .*\`${command}\`.* \\|`, "m"), `README's table lacks ${command}`);
      assert.ok(tried.includes(`"${command}"`), `test/support/printing-commands.ts lacks ${command}`);
    }
  });
});

describe(".vscode", () => {
  interface Named {
    readonly name: string;
    readonly type?: string;
    readonly port?: number;
    readonly preLaunchTask?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly presentation?: { readonly hidden?: boolean };
  }
  const launch = json(".vscode/launch.json") as {
    readonly configurations: readonly Named[];
    readonly compounds: readonly (Named & { readonly configurations: readonly string[] })[];
  };
  const { tasks } = json(".vscode/tasks.json") as { readonly tasks: readonly { readonly label: string; readonly script?: string }[] };

  it("names tasks, scripts, configurations and files that exist", () => {
    const has = (names: readonly (string | undefined)[], known: readonly string[]): void => {
      assert.deepEqual(
        names.filter((name) => name !== undefined && !known.includes(name)),
        [],
      );
    };
    has(
      launch.configurations.map(({ preLaunchTask }) => preLaunchTask),
      tasks.map(({ label }) => label),
    );
    has(
      tasks.map(({ script }) => script),
      scripts,
    );
    has(
      launch.compounds.flatMap(({ configurations }) => configurations),
      launch.configurations.map(({ name }) => name),
    );
    const files = [...(textOf(".vscode/launch.json") ?? "").matchAll(/\$\{workspaceFolder\}\/([\w./-]+)/g)].map(([, file = ""]) => file);
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter((file) => !exists(file)),
      [],
    );
  });

  it("attaches to the ports at which the server and the engine process wait", () => {
    const port = (name: string): number | undefined => launch.configurations.find((one) => one.name === name)?.port;
    const windows = launch.configurations.filter(({ type }) => type === "extensionHost");
    assert.ok(windows.length > 0);
    // A window whose server waits is of no use alone: only its compound, which attaches, is offered.
    for (const { name, env = {}, presentation } of windows) {
      assert.equal(env[SERVER_INSPECTOR], String(port("Attach to the server")), name);
      assert.ok(presentation?.hidden, name);
      const compounds = launch.compounds.filter(({ configurations }) => configurations.includes(name));
      assert.ok(compounds.length > 0 && compounds.every(({ configurations }) => configurations.includes("Attach to the server")), name);
    }
    assert.deepEqual(serverArguments({}), []);
    const waiting = textOf("scripts/engine-host-inspected.mjs") ?? "";
    assert.match(waiting, new RegExp(`PORT = ${port("Attach to an engine process that waits for it") ?? 0};`));
  });

  it("is explained: CONTRIBUTING names configurations by their names", () => {
    const names = [...launch.configurations, ...launch.compounds].map(({ name }) => name);
    const debugging = CONTRIBUTING.slice(CONTRIBUTING.indexOf("## Debugging"));
    const unnamed = [
      "Extension and server on examples/rust",
      "Command line",
      "Test file that is open",
      "C++ tests (LLDB)",
      "Attach to C++ (LLDB)",
    ];
    for (const name of unnamed) {
      assert.ok(names.includes(name), name);
      assert.ok(debugging.includes(`*${name}*`), name);
    }
  });

  it("formats with recommended extensions, and names workspaces that exist", () => {
    const text = textOf(".vscode/settings.json") ?? "";
    const { recommendations } = json(".vscode/extensions.json") as { readonly recommendations: readonly string[] };
    const formatters = [...text.matchAll(/"editor\.defaultFormatter": "([^"]+)"/g)].map(([, name = ""]) => name);
    assert.ok(formatters.length > 0);
    assert.deepEqual(
      formatters.filter((name) => !recommendations.includes(name)),
      [],
    );
    const { "rust-analyzer.linkedProjects": projects } = json(".vscode/settings.json") as Readonly<Record<string, readonly string[]>>;
    assert.deepEqual(
      projects?.map((file) => exists(file)),
      [true],
    );
  });

  it("is not in a package", () => {
    // Both lists name what is included; everything else is excluded.
    assert.ok(statSync(path.join(repository, ".vscodeignore")).isFile());
    assert.match(textOf(".vscodeignore") ?? "", /^\*\*$/m);
    assert.match(textOf(".npmignore") ?? "", /^\*$/m);
    for (const list of [".vscodeignore", ".npmignore"]) assert.doesNotMatch(textOf(list) ?? "", /^!\.vscode/m);
  });
});
