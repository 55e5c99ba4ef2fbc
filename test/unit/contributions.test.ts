/** package.json and the code declare the same commands, views, context keys, and settings with their defaults. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { COMMANDS, CONTEXT, STEP_SWITCH, STEPS, TASK_TYPE, VIEWS } from "../../src/client/ids.js";
import * as ids from "../../src/client/ids.js";
import { DEFAULT_SETTINGS, SETTINGS_SECTION } from "../../src/protocol/settings.js";
import { ASSEMBLY_LANGUAGE, STAGE_LANGUAGE } from "../../src/protocol/uris.js";
import { englishManifest } from "../support/manifest.js";
import { repository } from "../support/repository.js";

interface Entry {
  readonly command?: string;
  readonly submenu?: string;
  readonly enablement?: string;
  readonly when?: string;
  readonly title?: string;
  readonly category?: string;
}

interface Setting {
  readonly default: unknown;
  readonly order?: number;
  readonly scope?: string;
  readonly description?: string;
  readonly markdownDescription?: string;
}

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly Entry[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsContainers: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsWelcome: readonly (Entry & { readonly view: string; readonly contents: string })[];
    readonly submenus: readonly { readonly id: string }[];
    readonly menus: Readonly<Record<string, readonly Entry[]>>;
    readonly keybindings: readonly Entry[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly languages: readonly { readonly id: string; readonly configuration: string }[];
    readonly grammars: readonly { readonly path: string }[];
    readonly taskDefinitions: readonly { readonly type: string }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly description: string;
        readonly media: { readonly markdown: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
  };
}

/** Settings that name no program, library, toolchain, folder or Cargo argument: a workspace may set them before it is trusted. */
const HARMLESS: ReadonlySet<string> = new Set([
  "lto.threads",
  "lto.followBuilds",
  "lto.callLenses",
  "lto.callHierarchy",
  ...["hideDebugInfo", "hideGuids", "hideAttributes", "demangle", "stableNumbering"].map((name) => `lto.filters.${name}`),
]);

const manifest = englishManifest() as Manifest;
const { contributes } = manifest;
const commands = new Set<string>(Object.values(COMMANDS));
const views = new Set<string>(Object.values(VIEWS));
const entries = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
const whens = [...entries, ...contributes.viewsWelcome, ...contributes.commands].flatMap(({ when, enablement }) => [
  ...(when === undefined ? [] : [when]),
  ...(enablement === undefined ? [] : [enablement]),
]);
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

function sorted(names: Iterable<string>): string[] {
  return [...names].sort();
}

/** "store.path" → its value. */
function flat(value: object, prefix = ""): [string, unknown][] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === "object" && inner !== null ? flat(inner, `${prefix}${name}.`) : [[`${prefix}${name}`, inner] as [string, unknown]],
  );
}

/** The values of context keys; absent ones are false. */
type State = Readonly<Record<string, boolean | number>>;

/** Whether a `when` clause of an empty view holds: keys, numbers, `!`, `&&`, `||` and parentheses. */
function holds(when: string, state: State): boolean {
  const inner = /\(([^()]*)\)/.exec(when);
  if (inner !== null) return holds(when.replace(inner[0], holds(inner[1] ?? "", state) ? "yes" : "no"), state);
  const value = (name: string): boolean | number => (name === "yes" ? true : (state[name] ?? false));
  const term = (text: string): boolean => {
    const [, left = "", operator, right = ""] = /^(\S+) ([!=]=) (\d+)$/.exec(text) ?? [];
    if (operator !== undefined) return (value(left) === Number(right)) === (operator === "==");
    return text.startsWith("!") ? value(text.slice(1)) === false : value(text) !== false;
  };
  return when.split(" || ").some((part) => part.split(" && ").every((text) => term(text.trim())));
}

/** Our own names in a text. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/\blto\.\w+/g)].map(([name]) => name);
}

describe("contributions", () => {
  it("every command is declared once, in the category LTO", () => {
    assert.deepEqual(sorted(contributes.commands.map(({ command }) => command ?? "")), sorted(commands));
    assert.deepEqual(
      contributes.commands.filter(({ category, title }) => category !== "LTO" || !title),
      [],
    );
  });

  it("titles of commands have at most four words", () => {
    const long = contributes.commands.filter(({ title }) => (title ?? "").split(" ").length > 4);
    assert.deepEqual(long, []);
  });

  it("menus, keybindings, welcome views and walkthroughs name commands that exist", () => {
    const settings = Object.values(contributes.configuration.properties).map(({ markdownDescription = "" }) => markdownDescription);
    const linked = [
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...steps.map(({ description }) => description),
      ...settings,
    ]
      .flatMap((text) => [...text.matchAll(/\(command:(lto[\w.]+)\)/g)].map(([, name]) => name ?? ""))
      .filter((name) => !views.has(name.replace(/\.focus$/, "")));
    const unknown = [...entries.flatMap(({ command, submenu }) => (submenu === undefined ? [command ?? ""] : [])), ...linked].filter(
      (name) => !commands.has(name) && !views.has(name),
    );
    assert.deepEqual(unknown, []);
  });

  it("submenus are declared, and each has a menu", () => {
    const declared = contributes.submenus.map(({ id }) => id);
    assert.deepEqual(sorted(new Set(entries.flatMap(({ submenu }) => submenu ?? []))), sorted(declared));
    for (const id of declared) assert.ok((contributes.menus[id] ?? []).length > 0, id);
  });

  it("a step of the walkthrough is completed by what it describes, not by the command that begins it, and also if that happened before", () => {
    assert.deepEqual(
      steps.map((step) => step.completionEvents),
      Object.values(STEPS).map((key) => [`onContext:${key} && ${STEP_SWITCH}`, `onContext:${key} && !${STEP_SWITCH}`]),
    );
  });

  it("views are declared once, in a container that exists", () => {
    const containers = new Set(
      Object.values(contributes.viewsContainers)
        .flat()
        .map(({ id }) => id),
    );
    assert.deepEqual(
      Object.keys(contributes.views).filter((id) => !containers.has(id)),
      [],
    );
    assert.deepEqual(
      sorted(
        Object.values(contributes.views)
          .flat()
          .map(({ id }) => id),
      ),
      sorted(views),
    );
    assert.deepEqual(
      contributes.viewsWelcome.filter(({ view }) => !views.has(view)),
      [],
    );
  });

  it("when clauses use context keys that the code sets, and every key is used", () => {
    const keys = new Set<string>(Object.values(CONTEXT));
    const used = new Set(whens.flatMap(namesIn).filter((name) => !views.has(name)));
    assert.deepEqual(sorted(used), sorted(keys));
  });

  it("settings have the defaults of the code, and a description", () => {
    const expected = flat(DEFAULT_SETTINGS).map(([name, value]) => [`${SETTINGS_SECTION}.${name}`, value] as const);
    const declared = Object.entries(contributes.configuration.properties);
    assert.deepEqual(Object.fromEntries(declared.map(([name, setting]) => [name, setting.default])), Object.fromEntries(expected));
    assert.deepEqual(
      declared.filter(([, setting]) => !(setting.description ?? setting.markdownDescription)),
      [],
    );
  });

  it("settings are in a written order, and link to settings that exist", () => {
    const settings = Object.entries(contributes.configuration.properties);
    assert.deepEqual(
      settings.map(([, { order }]) => order),
      settings.map((_, index) => index + 1),
    );
    const linked = settings.flatMap(([, { markdownDescription = "" }]) => [...markdownDescription.matchAll(/`#([^`]+)#`/g)]);
    assert.deepEqual(
      linked.flatMap(([, name = ""]) => (name in contributes.configuration.properties ? [] : [name])),
      [],
    );
  });

  it("an empty view has at most one button, the thing to do first; what else can be done is a link in its text", () => {
    const buttons = (contents: string): number => contents.split("\n").filter((line) => /^\[[^\]]+\]\([^)]+\)$/.test(line)).length;
    assert.deepEqual(
      contributes.viewsWelcome.filter(({ contents }) => buttons(contents) > 1),
      [],
    );
    assert.ok(contributes.viewsWelcome.filter(({ contents }) => buttons(contents) === 1).length >= 5);
  });

  it("in every state, all empty views together have one button: what to do first", () => {
    const looked = { isWorkspaceTrusted: true, "lto.looked": true, workspaceFolderCount: 1 };
    const states: readonly (readonly [button: string, state: State])[] = [
      ["Manage Workspace Trust", { workspaceFolderCount: 1 }],
      ["Open Folder", { ...looked, workspaceFolderCount: 0 }],
      ["Open Folder", { ...looked, "lto.withoutCargo": true }],
      ["Install Rust", { ...looked, "lto.withoutToolchain": true }],
      ["Run Thin LTO", looked],
      ["Explain Calls", { ...looked, "lto.hasRun": true }],
    ];
    for (const [button, state] of states) {
      const shown = contributes.viewsWelcome.filter(({ when = "" }) => holds(when, state)).map(({ contents }) => contents);
      const buttons = shown.flatMap((contents) => [...contents.matchAll(/^\[([^\]]+)\]\([^)]+\)$/gm)].map(([, label]) => label));
      assert.deepEqual(buttons, [button], JSON.stringify(state));
    }
  });

  it("settings that choose programs or folders are ignored in an untrusted folder", () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.deepEqual(
      restrictedConfigurations.filter((name) => !(name in contributes.configuration.properties)),
      [],
    );
    for (const [name, { scope = "window" }] of Object.entries(contributes.configuration.properties)) {
      if (HARMLESS.has(name)) continue;
      const guarded = restrictedConfigurations.includes(name) || scope === "machine" || scope === "application";
      assert.ok(guarded, `${name} can be set by .vscode/settings.json in Restricted Mode`);
    }
    // Only the user decides where results are kept and what is removed, even in a trusted workspace.
    for (const name of ["lto.store.path", "lto.store.quota"]) assert.equal(contributes.configuration.properties[name]?.scope, "machine");
  });

  it("restricted mode is limited, not unsupported: the views say why they are empty", () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, "limited");
  });

  it("the task, the dashboard and the language have their ids", () => {
    assert.deepEqual(
      contributes.taskDefinitions.map(({ type }) => type),
      [TASK_TYPE],
    );
    const pages = Object.entries(ids).flatMap(([name, id]) => (name.endsWith("_VIEW_TYPE") && typeof id === "string" ? [id] : []));
    assert.ok(pages.length > 5);
    for (const page of pages) assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${page}`), `restores ${page}`);
    assert.deepEqual(
      contributes.languages.map(({ id }) => id),
      [STAGE_LANGUAGE, ASSEMBLY_LANGUAGE],
    );
  });

  it("files that it names exist", () => {
    const files = [
      ...contributes.languages.map(({ configuration }) => configuration),
      ...contributes.grammars.map((grammar) => grammar.path),
      ...steps.map(({ media }) => media.markdown),
      ...Object.values(contributes.viewsContainers)
        .flat()
        .map(({ icon }) => icon),
    ];
    assert.deepEqual(
      files.filter((file) => !fs.existsSync(path.join(repository, file))),
      [],
    );
  });
});
