import assert from "node:assert/strict";
import * as vscode from "vscode";
import { describe, eventually, it } from "../../support/vscode/in-host.js";
import { ExplanationPages, type PagesTools } from "../../../src/client/explanation/pages.js";
import { COMMANDS, EXPLANATION_SCHEME } from "../../../src/client/ids.js";
import { moduleTooltip } from "../../../src/client/trees/cgu-items.js";
import { NO_FILTERS } from "../../../src/protocol/uris.js";
import type { ModuleRow, RunView } from "../../../src/protocol/views.js";
import { fakeView } from "../../webview/support/fake-explanation.js";
import { extension, servers } from "./extension.js";

async function killAndAsk(): Promise<void> {
  const [before = 0] = servers();
  process.kill(before, "SIGKILL");
  await eventually("another server", () => servers().some((pid) => pid !== before));
  await vscode.commands.executeCommand(COMMANDS.refresh);
  await eventually("one server", () => servers().length === 1);
}

describe("the server", () => {
  it("does not run before the first request", async () => {
    await eventually("activation by Cargo.toml", () => extension().isActive);
    assert.deepEqual(servers(), []);
  });

  it("starts with the first request, once", async () => {
    await Promise.all([vscode.commands.executeCommand(COMMANDS.refresh), vscode.commands.executeCommand(COMMANDS.refresh)]);
    assert.equal(servers().length, 1);
  });

  it("is replaced by a restart", async () => {
    const [before] = servers();
    await vscode.commands.executeCommand(COMMANDS.restartServer);
    const after = servers();
    assert.equal(after.length, 1);
    assert.notEqual(after[0], before);
  });

  it("is restarted each time it is killed, and answers", async () => {
    await killAndAsk();
    await killAndAsk();
  });
});

describe("an explanation", () => {
  it("that fails opens no page", async () => {
    const place = { kind: "module", subject: { run: "20200101T000000-00000000" }, row: { name: "module" } };
    await vscode.commands.executeCommand(COMMANDS.explain, place);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    assert.deepEqual(
      tabs.filter(({ input }) => input instanceof vscode.TabInputWebview),
      [],
    );
  });
});

describe("the tooltip of a codegen unit", () => {
  const NASTY = "a) [x](command:workbench.action.quit) `(";
  const row = { name: NASTY, shortName: NASTY, crate: NASTY, verdict: "re-compiled", reason: null, readable: null, error: null };
  const node = { subject: { run: NASTY }, row: { ...row, origin: "local", key: "K", previousKey: null } as unknown as ModuleRow };

  it("shows the decisive fact, the way from the cause, and a link that explains this unit and runs nothing else", () => {
    const chain = { total: 2, shown: ["`f` changed", "imports `f` from `m`"] };
    const { value, isTrusted } = moduleTooltip(node, { fact: { text: `\`${NASTY.replaceAll("`", "")}\` grew.`, known: true }, chain });
    assert.deepEqual(isTrusted, { enabledCommands: [COMMANDS.explain] });
    assert.match(value, /grew\\?\.[\s\S]*1\. \*f\* changed\n1\. imports \*f\* from \*m\*\n/);
    const links = [...value.matchAll(/(?<!\\)\]\(([^)]*)\)/g)].map(([, address = ""]) => address);
    assert.equal(links.length, 1, value);
    const address = vscode.Uri.parse(links[0] ?? "");
    assert.deepEqual([address.scheme, address.path], ["command", COMMANDS.explain]);
    assert.deepEqual(JSON.parse(address.query), [{ kind: "module", subject: node.subject, row: { name: NASTY } }]);
  });

  it("enables no command if nothing decided is known", () => {
    assert.equal(moduleTooltip(node, null).isTrusted, undefined);
  });
});

describe("an explanation's page", () => {
  it("follows the shown run of its unit, is renewed when builds change, and keeps what it has if that fails", async () => {
    const [onShownRun, onBuilds] = [new vscode.EventEmitter<void>(), new vscode.EventEmitter<void>()];
    const asked: string[] = [];
    const warned: string[] = [];
    let run = runOf("first");
    const tools: PagesTools = {
      extensionUri: extension().extensionUri,
      explain: ({ subject }) => {
        const id = "run" in subject ? subject.run : subject.unit;
        asked.push(id);
        return id === "broken" ? Promise.reject(new Error("no such module")) : Promise.resolve({ ...fakeView("importer"), markdown: "" });
      },
      reportOf: (error) => ({ name: "Internal", message: String(error) }),
      showFailure: (error) => assert.fail(String(error)),
      warn: (text) => warned.push(text),
      mention: () => undefined,
      filters: () => NO_FILTERS,
      shownRun: () => run,
      onShownRun: onShownRun.event,
      onBuilds: onBuilds.event,
      showLog: () => undefined,
    };
    const show = (id: string, unit?: string): void => {
      run = runOf(id, unit);
      onShownRun.fire();
    };
    const pages = new ExplanationPages(tools);
    await pages.open({ subject: { run: "first" }, module: "m" }, "m");
    show("second");
    await eventually("the second run", () => asked.includes("second"));
    show("other", "another unit");
    show("broken");
    await eventually("a warning", () => warned.length === 1);
    onBuilds.fire();
    await eventually("renewal", () => asked.length === 4);
    assert.deepEqual(asked, ["first", "second", "broken", "second"]);
    // It is at the second run: opening that again shows the same page.
    await pages.open({ subject: { run: "second" }, module: "m" }, "m");
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(({ input }) => input instanceof vscode.TabInputWebview);
    assert.equal(tabs.length, 1);
    await vscode.window.tabGroups.close(tabs);
    for (const part of [pages, onShownRun, onBuilds]) part.dispose();
  });
});

function runOf(id: string, unit = "u"): RunView {
  return { id, unit: { id: unit }, hasReport: true } as unknown as RunView;
}

describe("documents", () => {
  it("of a comparison, opened by address, say why there is none", async () => {
    const query = "20200101T000000-00000000/20200101T000000-00000001";
    const uri = vscode.Uri.from({ scheme: EXPLANATION_SCHEME, path: "/Runs.md", query });
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri), /There is no run 20200101T000000-00000000 in the store/);
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri.with({ query: "one" })), /does not name two runs/);
  });

  it("of a stage that does not exist say so", async () => {
    const uri = vscode.Uri.parse("lto-stage:/run/20200101T000000-00000000/module/title.ll?thin-lto-input");
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri), /There is no run 20200101T000000-00000000 in the store/);
  });
});
