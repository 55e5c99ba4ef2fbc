import assert from "node:assert/strict";
import path from "node:path";
import * as vscode from "vscode";
import { describe, eventually, it } from "../../support/vscode/in-host.js";
import { COMMANDS, EXPLANATION_SCHEME } from "../../../src/client/ids.js";
import { Server } from "../../../src/client/server.js";
import { ASSEMBLY_LANGUAGE, ASSEMBLY_SCHEME, formatStageUri, parseStageUri } from "../../../src/protocol/uris.js";
import { extension } from "./extension.js";

/** A captured unit of the store, by the test that starts this window. */
const unit = { ref: process.env["LTO_TEST_UNIT"] ?? "", name: "demo (bin)", llvm: process.env["LTO_TEST_LLVM"] ?? "" };

function comparison(): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === EXPLANATION_SCHEME);
}

function openDiff(): vscode.TabInputTextDiff | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff ? input : undefined;
}

describe("LTO: Explain Decision", () => {
  it("opens a page, once for each codegen unit", async () => {
    const log = vscode.window.createOutputChannel("Explain", { log: true });
    const server = new Server(path.join(extension().extensionPath, "dist", "server.js"), log);
    const subject = { unit: unit.ref };
    const { rows } = await server.ask("modules", { subject, offset: 0, limit: 2 });
    await server.stop();
    for (const part of [server, log]) part.dispose();
    for (const row of [...rows, ...rows]) await vscode.commands.executeCommand(COMMANDS.explain, { kind: "module", subject, row });
    const tabs = (): readonly vscode.Tab[] =>
      vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(({ input }) => input instanceof vscode.TabInputWebview);
    // VS Code tells extensions of a tab a moment after it opened.
    await eventually("a page for each", () => tabs().length >= rows.length);
    assert.deepEqual(
      tabs()
        .map(({ label }) => label)
        .sort(),
      rows.map(({ shortName }) => `Why ${shortName}`).sort(),
    );
    assert.ok(rows.length > 0);
    await vscode.window.tabGroups.close([...tabs()]);
  });
});

describe("LTO: Compare LLVM Versions", () => {
  it("replays a unit with the picked LLVM and opens what differs", async () => {
    const command = vscode.commands.executeCommand(COMMANDS.compareLlvm, { kind: "unit", row: unit });
    // The pick takes a moment to open; accepting before that does nothing.
    await eventually("the comparison", () => {
      if (comparison() !== undefined) return true;
      void vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      return false;
    });
    await command;
    const text = comparison()?.getText() ?? "";
    assert.match(text, /^# `demo \(bin\)` · LLVM 19\.\S+ ↔ LLVM 2/);
    assert.match(text, /^## Reading alone$/m);
    assert.match(text, /`second`: flags/);
  });

  it("its links open the diff of a function, read by one LLVM", async () => {
    const { uri } = comparison() ?? assert.fail("no comparison is open");
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>("vscode.executeLinkProvider", uri);
    const targets = links.flatMap(({ target }) => target ?? []);
    assert.ok(targets.length > 0);
    for (const { scheme, path } of targets) assert.deepEqual([scheme, path], ["command", COMMANDS.openRunDiff]);
    const second = targets.find(({ query }) => query.includes("/second")) ?? assert.fail("no link leads to the function");
    const [address] = JSON.parse(second.query) as [string];
    await vscode.commands.executeCommand(COMMANDS.openRunDiff, address);
    const diff = await eventually("the diff", () => openDiff());
    const [left, right] = [diff.original, diff.modified].map((side) => parseStageUri(side.toString(true)));
    assert.deepEqual([left?.function, right?.function], ["second", "second"]);
    assert.deepEqual(left?.subject, right?.subject);
    assert.notEqual(left?.of, undefined);
    assert.equal(right?.of, undefined);
    const texts = await Promise.all(
      [diff.original, diff.modified].map(async (side) => (await vscode.workspace.openTextDocument(side)).getText()),
    );
    assert.match(texts[0] ?? "", /getelementptr inbounds i8/);
    assert.match(texts[1] ?? "", /getelementptr inbounds nuw i8/);
  });

  it("the previous stage of that diff is the same stage of both runs, and the copied command compares the LLVMs", async () => {
    await vscode.commands.executeCommand(COMMANDS.copyCliCommand);
    assert.match(await vscode.env.clipboard.readText(), / compare-llvm \S+ \S+ --to \S+ --stage pm --function second/);
    const before = openDiff();
    await vscode.commands.executeCommand(COMMANDS.previousStage);
    const diff = await eventually("another diff", () =>
      openDiff()?.modified.toString() === before?.modified.toString() ? undefined : openDiff(),
    );
    const [left, right] = [diff.original, diff.modified].map((side) => parseStageUri(side.toString(true)));
    assert.deepEqual([left?.stage, right?.stage], ["thin-lto-after-import", "thin-lto-after-import"]);
    assert.notEqual(left?.of, right?.of);
  });

  it("steps through the stages of a document too, whose tab says function, stage and codegen unit", async () => {
    const { subject, module, stage, filters } = parseStageUri(openDiff()?.modified.toString(true) ?? "") ?? assert.fail("no diff is open");
    const address = { subject, module, stage, function: "second", filters };
    await vscode.window.showTextDocument(vscode.Uri.parse(formatStageUri(address)));
    await vscode.commands.executeCommand(COMMANDS.nextStage);
    const next = await eventually("the next stage", () => {
      const shown = vscode.window.activeTextEditor?.document.uri.toString(true) ?? "";
      return parseStageUri(shown)?.stage === "thin-lto-after-pm" ? shown : undefined;
    });
    assert.deepEqual(parseStageUri(next), { ...address, stage: "thin-lto-after-pm" });
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.match(tab?.label ?? "", /^second · Optimize \(pm\) · demo \(crate root\)\.ll$/);
  });

  it("a diff of several functions filters and steps as a whole, in one tab", async () => {
    const shown = vscode.window.activeTextEditor?.document.uri.toString(true) ?? "";
    const { subject, module } = parseStageUri(shown) ?? assert.fail("no stage is open");
    const stage = { kind: "stage", module: { kind: "module", subject, row: { name: module } } };
    await vscode.commands.executeCommand(COMMANDS.compareStages, {
      ...stage,
      row: { stage: "thin-lto-after-pm" },
      previous: "thin-lto-after-import",
    });
    const labels = (): string[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    const titled = (wanted: RegExp): Promise<string> =>
      eventually(String(wanted), () => {
        const label = vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? "";
        return wanted.test(label) && labels().filter((one) => one.includes(" ↔ ")).length === before + 1 ? label : undefined;
      });
    const before = labels().filter((one) => one.includes(" ↔ ")).length - 1;
    await titled(/Import ↔ Optimize \(pm\) \(\d+ files\)$/);
    await vscode.commands.executeCommand(COMMANDS.showMangled);
    await titled(/Import ↔ Optimize \(pm\) \(\d+ files\)$/);
    await vscode.commands.executeCommand(COMMANDS.showDemangled);
    await titled(/Import ↔ Optimize \(pm\) \(\d+ files\)$/);
    await vscode.commands.executeCommand(COMMANDS.copyCliCommand);
    assert.match(await vscode.env.clipboard.readText(), / diff \S+ \S+ (?:thin-lto-after-)?import (?:thin-lto-after-)?pm/);
    await vscode.commands.executeCommand(COMMANDS.previousStage);
    await titled(/(?:Input|Rename|Resolve|Internalize) ↔ (?:Rename|Resolve|Internalize|Import)/);
  });

  it("an address that is no diff's is refused, and opens nothing", async () => {
    const before = openDiff()?.modified.toString();
    await vscode.commands.executeCommand(COMMANDS.openRunDiff, "file:///etc/passwd");
    assert.equal(openDiff()?.modified.toString(), before);
  });
});

describe("the call hierarchy", () => {
  const file = vscode.Uri.file(path.join(process.env["LTO_TEST_FOLDER"] ?? "", "demo", "src", "other.rs"));
  const at = (word: string, { document }: { readonly document: vscode.TextDocument }): vscode.Position =>
    document.positionAt(document.getText().indexOf(word));
  const prepare = (position: vscode.Position): Thenable<vscode.CallHierarchyItem[]> =>
    vscode.commands.executeCommand("vscode.prepareCallHierarchy", file, position);

  it("says what LTO decided about each call, once calls are explained", async () => {
    const editor = await vscode.window.showTextDocument(file);
    // Without a ledger there is nothing.
    assert.deepEqual(await prepare(at("twice", editor)), []);
    await vscode.commands.executeCommand(COMMANDS.runThin, { kind: "unit", row: { ...unit, mode: "thin" } });
    await vscode.commands.executeCommand(COMMANDS.explainCalls);
    const [twice] = await prepare(at("twice", editor));
    assert.equal(twice?.name, "other::twice");
    assert.match(twice.detail ?? "", /Found in the build by the lines of debug info/);
    assert.equal(editor.document.getText(twice.selectionRange), "twice");
    const incoming = await vscode.commands.executeCommand<vscode.CallHierarchyIncomingCall[]>("vscode.provideIncomingCalls", twice);
    assert.deepEqual(
      incoming.map(({ from: { name, detail } }) => `${name}: ${detail}`),
      ["main: not imported: it is marked noinline, as `#[inline(never)]` does, and LLVM does not import what it cannot inline"],
    );
    const outgoing = await vscode.commands.executeCommand<vscode.CallHierarchyOutgoingCall[]>("vscode.provideOutgoingCalls", twice);
    assert.deepEqual(
      outgoing.map(({ to: { name, detail } }) => `${name}: ${detail}`),
      ["shapes::scale: inlined 1× · imported into 1 CGU"],
    );
    const [scale] = outgoing.map(({ to }) => to);
    const text = (await vscode.workspace.openTextDocument(scale?.uri ?? file)).getText(scale?.selectionRange);
    assert.equal(text, "scale");
  });

  it("follows the setting", async () => {
    const editor = await vscode.window.showTextDocument(file);
    const settings = vscode.workspace.getConfiguration("lto");
    await settings.update("callHierarchy", "off", vscode.ConfigurationTarget.Global);
    assert.deepEqual(await prepare(at("twice", editor)), []);
    await settings.update("callHierarchy", undefined, vscode.ConfigurationTarget.Global);
    assert.equal((await prepare(at("twice", editor))).length, 1);
  });
});

describe("assembly", () => {
  const source = vscode.Uri.file(path.join(process.env["LTO_TEST_FOLDER"] ?? "", "demo", "src", "other.rs"));
  const open = (): vscode.TextDocument =>
    vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === ASSEMBLY_SCHEME) ?? assert.fail("no assembly is open");

  it("of the function at the cursor opens beside the editor, as rustc's object has it", async () => {
    const editor = await vscode.window.showTextDocument(source);
    const line = editor.document
      .getText()
      .split("\n")
      .findIndex((text) => text.includes("fn twice"));
    editor.selection = new vscode.Selection(line, 0, line, 0);
    await vscode.commands.executeCommand(COMMANDS.showAssembly, source);
    const document = open();
    assert.equal(document.languageId, ASSEMBLY_LANGUAGE);
    const text = document.getText();
    assert.match(text, /^# demo::other::twice in .*\n# \d+ bytes of code/);
    assert.match(text, /^# The same machine code as in rustc's object\.$/m);
    assert.match(text, /^ {4}retq$/m);
  });

  it("is linked with its source, line by line", async () => {
    const editor = (): vscode.TextEditor => vscode.window.activeTextEditor ?? assert.fail("no editor is active");
    const { line } = editor().selection.active;
    await vscode.commands.executeCommand(COMMANDS.goToLinkedLine);
    const assembly = editor();
    assert.equal(assembly.document.uri.toString(), open().uri.toString());
    assert.match(assembly.document.lineAt(assembly.selection.active.line).text, /other\.rs:2/);
    await vscode.commands.executeCommand(COMMANDS.goToLinkedLine);
    const { document, selection } = editor();
    assert.deepEqual([document.uri.toString(), selection.active.line], [source.toString(), line]);
  });

  it("is compared with another run's in a diff", async () => {
    const command = vscode.commands.executeCommand(COMMANDS.compareAssembly, { kind: "symbol", symbol: "demo_entry" });
    const diff = await eventually("the diff", () => {
      if (openDiff()?.modified.scheme === ASSEMBLY_SCHEME) return openDiff();
      void vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      return undefined;
    });
    await command;
    assert.match(vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? "", /^demo_entry · .+ ↔ .+$/);
    const sides = await Promise.all([diff.original, diff.modified].map((side) => vscode.workspace.openTextDocument(side)));
    for (const side of sides) {
      assert.equal(side.languageId, ASSEMBLY_LANGUAGE);
      assert.match(side.getText(), /^# demo_entry\n# \d+ bytes of code/);
    }
    assert.notEqual(sides[0]?.getText(), sides[1]?.getText());
  });
});
