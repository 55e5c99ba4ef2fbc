/** The page as a whole: the head, the empty page, failures, and hostile names. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { countGroups, headlineParts } from "../../src/protocol/module-groups.js";
import type { RunView } from "../../src/protocol/views.js";
import { prepare } from "./harness/scenarios.js";
import { Dashboard } from "./support/dashboard.js";
import { fakeRun } from "./support/fake-run.js";

const LOST = { name: "Internal", message: "The server ended before it answered.", help: "Try again." } as const;

let open: Dashboard[] = [];

function dashboard(changes: Partial<RunView> = {}, modules = 40): Dashboard {
  const made = new Dashboard(undefined);
  open.push(made);
  made.extension.use(fakeRun({ modules, failed: 2, deviates: true }), changes);
  return made;
}

afterEach(() => {
  for (const made of open) {
    assert.deepEqual(made.errors, []);
    made.close();
  }
  open = [];
});

describe("the head", () => {
  it("has the same numbers as the run", async () => {
    const page = await dashboard().startWithRun();
    const counts = page.extension.view?.counts ?? assert.fail();
    assert.equal(page.find("h1").textContent, "textstats (bin)");
    assert.deepEqual(page.texts(".verdicts li"), headlineParts(counts.groups));
    assert.deepEqual(Object.keys(counts.groups).sort(), ["changed", "failed", "never-cached", "new", "re-used"]);
    assert.equal(page.texts(".verdicts li").at(-1), "2 failed");
    assert.match(page.find(".figures").textContent, /Modules40.*Bitcode.* → .*Instructions.* → .*Linked output3\.41 MB.*Peak memory612 MB/);
  });

  it("names the edit once the causes are known, and forgets it with the run", async () => {
    const made = dashboard();
    const { changed = 0, new: added = 0 } = countGroups(fakeRun({ modules: 40, failed: 2 }).report.modules);
    made.extension.byEdit = changed + added;
    const page = await made.startWithRun();
    const wanted = `${changed + added} by your edit`;
    await page.until("the edit", () => page.texts(".verdicts li")[0] === wanted);
    const counts = page.extension.view?.counts ?? assert.fail();
    assert.deepEqual(page.texts(".verdicts li"), headlineParts(counts.groups, changed + added));
    page.extension.byEdit = 0;
    page.extension.changed();
    await page.until("the run's own headline", () => page.texts(".verdicts li")[0] === `${changed} changed`);
  });

  it("states fidelity, deviations, LLVM and settings in words", async () => {
    const page = await dashboard({ fidelity: "other LLVM" }).startWithRun();
    assert.match(page.find(".fidelity").textContent, /^other LLVM.*bytes and keys do not/);
    const facts = page.find(".head .facts").textContent;
    assert.match(facts, /22\.1\.2-rust-1\.95\.0-stable *libLLVM.*\/libLLVM/);
    assert.match(facts, /opt-level 3 · relocation model pic .*6 preserved symbols.*3 LLVM arguments/);
    assert.match(facts, /incremental: your build has off, this run on/);
    assert.match(facts, /The capture is older than src\/main\.rs/);
  });

  it("says that a build was not linked, and why", async () => {
    const said = "textstats (bin) was not linked: its build failed during or after LTO (undefined symbol: missing).";
    const page = await dashboard({ notLinked: said, outputBytes: null }).startWithRun();
    assert.equal(page.find(".not-linked").textContent, `Not linked${said}`);
    assert.match(page.find(".figures").textContent, /Linked outputnone/);
  });

  it("names the crates that are linked without LTO", async () => {
    const page = await dashboard({ outsideLto: ["nb", "compiler_builtins"] }).startWithRun();
    assert.match(page.find(".facts").textContent, /Outside LTOnb, compiler_builtins: linked as they are/);
    const one = await dashboard({ outsideLto: ["compiler_builtins"] }).startWithRun();
    assert.match(one.find(".facts").textContent, /Outside LTOcompiler_builtins: linked as it is/);
    const unknown = await dashboard().startWithRun();
    assert.doesNotMatch(unknown.find(".facts").textContent, /Outside LTO/);
  });

  it("has buttons for the commands", async () => {
    const page = await dashboard().startWithRun();
    page.news();
    for (const label of ["Run Thin LTO", "Verify Against rustc", "Copy CLI Command"]) page.button(label).click();
    assert.deepEqual(page.news(), [
      { type: "command", command: "runThin" },
      { type: "command", command: "verify" },
      { type: "command", command: "copyCliCommand" },
    ]);
  });

  it("offers no verification for plain files", async () => {
    const page = await dashboard({ source: { files: ["file:///a.bc"] } }).startWithRun();
    const verify = page.button("Verify Against rustc");
    assert.ok(verify.hasAttribute("disabled"));
    assert.match(verify.title, /no rustc output to compare with/);
  });
});

describe("a page without a run", () => {
  it("explains itself, and has a button", async () => {
    const page = new Dashboard(undefined);
    open.push(page);
    await page.start();
    assert.equal(page.find("h1").textContent, "No run yet");
    page.button("Run Thin LTO").click();
    assert.deepEqual(page.news().at(-1), { type: "command", command: "runThin" });
  });

  for (const { because, title, button, command } of [
    { because: "no-cargo", title: "No run yet", button: "Open Folder", command: "openFolder" },
    { because: "restricted", title: "Restricted Mode", button: "Manage Workspace Trust", command: "manageTrust" },
  ] as const) {
    it(`offers no run if none is possible: ${because}`, async () => {
      const page = new Dashboard(undefined);
      open.push(page);
      page.extension.because = because;
      await page.start();
      assert.equal(page.find("h1").textContent, title);
      page.button(button).click();
      assert.deepEqual(page.news().at(-1), { type: "command", command });
      assert.equal(page.all("#root vscode-button").length, 1);
    });
  }

  it("keeps its button and the focus if the same message comes again; a recreated page gets the message too", async () => {
    const page = new Dashboard(undefined);
    open.push(page);
    await page.start();
    const run = page.button("Run Thin LTO");
    run.tabIndex = 0;
    run.focus();
    page.extension.show();
    await page.quiet();
    assert.equal(page.button("Run Thin LTO"), run);
    assert.equal(page.document.activeElement, run);
    page.extension.because = "restricted";
    page.extension.show();
    await page.until("the other page", () => page.find("h1").textContent === "Restricted Mode");
    const again = page.hideAndShow();
    open.push(again);
    again.extension.because = "restricted";
    await again.start();
    assert.equal(again.find("h1").textContent, "Restricted Mode");
    again.extension.use(fakeRun({ modules: 5 }));
    again.extension.show();
    await again.until("rows", () => again.rows().length === 5);
  });

  it("follows when a run is added or removed", async () => {
    const page = new Dashboard(undefined);
    open.push(page);
    await page.start();
    page.extension.use(fakeRun({ modules: 5 }));
    page.extension.show();
    await page.until("rows", () => page.rows().length === 5);
    page.extension.use(null);
    page.extension.show();
    await page.until("the page without a run", () => page.find("h1").textContent === "No run yet");
  });
});

describe("failures", () => {
  it("of a run say what happened and what to do, and no data is requested", async () => {
    const page = new Dashboard(undefined);
    open.push(page);
    prepare(page.extension, "died", (options) => fakeRun({ modules: 5, ...options }));
    await page.start();
    assert.match(page.find(".head").textContent, /interrupted: the process exited early.*made the index of all modules.*Run again\./);
    assert.ok(page.find(".sections").hasAttribute("hidden"));
    assert.deepEqual(page.extension.asked("modules"), []);
  });

  it("of single requests are shown in place, with help, and retrying fixes them", async () => {
    const page = dashboard();
    for (const name of ["modules", "timeline", "stageTotals"] as const) page.extension.failing.set(name, LOST);
    await page.start();
    for (const section of [".decisions", ".timeline", ".stages"]) {
      await page.until("failure", () => page.all(`${section} .failure`).length === 1);
      assert.match(page.find(`${section} [role="alert"]`).textContent, /ended before it answered\.Try again\./);
    }
    page.extension.failing.clear();
    for (const section of [".decisions", ".timeline", ".stages"]) {
      page.button("Try Again", section).click();
      await page.until("answer", () => page.all(`${section} .failure`).length === 0);
    }
    await page.until("rows", () => page.rows().length > 0);
    assert.ok(page.all(".timeline-bars rect").length > 0);
  });

  it("of a module are shown as its reason", async () => {
    const page = await dashboard().startWithRun();
    assert.match(page.column(2)[0] ?? "", /^failed/);
    assert.match(page.column(3)[0] ?? "", /^EngineCrashed.*signal SIGSEGV/);
    await page.until("detail", () => page.find(".detail").textContent.includes("written by another LLVM"));
  });
});

describe("names from files", () => {
  it("are plain text, whatever they look like", async () => {
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const page = new Dashboard(undefined);
    open.push(page);
    const run = fakeRun({ modules: 3 });
    const modules = run.report.modules.map((module, index) => (index === 0 ? { ...module, name: evil, crate: evil } : module));
    const timings = run.report.timings.map((timing) => ({ ...timing, activity: evil, argument: timing.argument === null ? null : evil }));
    const unit = { ...run.report.unit, name: evil };
    page.extension.use({ report: { ...run.report, unit, modules, timings }, manifest: { ...run.manifest, unit } });
    await page.startWithRun();
    assert.equal(page.find("h1").textContent, evil);
    assert.ok((page.column(1)[0] ?? "").includes(evil));
    assert.ok(page.texts(".longest td").some((text) => text.includes(evil)));
    assert.equal(page.all("img, main script").length, 0);
    assert.equal(page.document.title, "LTO Dashboard");
  });
});
