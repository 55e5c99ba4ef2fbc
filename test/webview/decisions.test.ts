/** The decisions table: rows by range, sorting, filters, keyboard, and state that outlives the page. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { PIPELINES } from "../../src/protocol/pipelines.js";
import { rowsOfReport, sortRows } from "../../src/core/views/module-rows.js";
import type { ModuleRow } from "../../src/protocol/views.js";
import { keyAction, type GridPlace } from "../../webview/decisions/grid-keys.js";
import { Dashboard } from "./support/dashboard.js";
import { fakeRun, type FakeRun } from "./support/fake-run.js";

const MANY = fakeRun({ modules: 10_000 });
const SOME = fakeRun({ modules: 200 });
const LAST_STAGE = "thin-lto-after-pm";

let open: Dashboard[] = [];

async function dashboard(run = SOME, state?: unknown): Promise<Dashboard> {
  const made = new Dashboard(state);
  open.push(made);
  made.extension.use(run);
  return made.startWithRun();
}

function scroll(page: Dashboard, top: number): void {
  page.grid.scrollTop = top;
  page.grid.dispatchEvent(new page.window.Event("scroll"));
}

function valueOf(element: HTMLElement): unknown {
  return "value" in element ? element.value : undefined;
}

/** The rows in the order that the page asks for at first. */
function inOrder({ report }: FakeRun): readonly ModuleRow[] {
  return sortRows(rowsOfReport(report), undefined);
}

function activeModule(page: Dashboard): string {
  return page.activeRow.children[0]?.getAttribute("title") ?? "";
}

afterEach(() => {
  for (const made of open) {
    assert.deepEqual(made.errors, []);
    made.close();
  }
  open = [];
});

describe("10,000 modules", () => {
  it("only the rows in view exist, with their positions for screen readers", async () => {
    const page = await dashboard(MANY);
    assert.ok(page.rows().length < 60, `${page.rows().length} rows`);
    assert.equal(page.grid.getAttribute("aria-rowcount"), "10001");
    assert.equal(page.rows()[0]?.getAttribute("aria-rowindex"), "2");
    assert.equal(page.find(".decisions .found").textContent, "10,000 modules");
  });

  it("are requested by range while scrolling", async () => {
    const page = await dashboard(MANY);
    for (const top of [40_000, 90_000, 215_000]) {
      scroll(page, top);
      await page.until("rows there", () =>
        page.rows().some((row) => Number(row.getAttribute("aria-rowindex")) - 2 === Math.floor(top / 22)),
      );
    }
    assert.ok(page.rows().length < 60, `${page.rows().length} rows`);
    const asked = page.extension.asked("modules");
    assert.ok(asked.every(({ limit }) => limit <= 200));
    assert.ok(asked.length < 12, `${asked.length} questions`);
    assert.equal(page.rows().at(-1)?.children[0]?.getAttribute("title"), inOrder(MANY)[Number(page.rows().at(-1)?.dataset["index"])]?.name);
  });

  it("End goes to the last row", async () => {
    const page = await dashboard(MANY);
    page.grid.focus();
    page.key(page.grid, "End");
    await page.until("the last row", () => activeModule(page) === inOrder(MANY).at(-1)?.name);
    assert.equal(page.activeRow.getAttribute("aria-rowindex"), "10001");
  });
});

describe("order", () => {
  it("is done by the server, and shown in the header", async () => {
    const page = await dashboard();
    const header = page.all('[role="columnheader"]')[5] ?? assert.fail();
    assert.equal(header.textContent, "Instructions");
    const orders: string[] = [];
    for (const expected of ["descending", "ascending", "none"]) {
      page.news();
      header.querySelector("button")?.click();
      await page.until(expected, () => header.getAttribute("aria-sort") === expected && page.grid.getAttribute("aria-busy") === null);
      const { sort, descending } = page.extension.asked("modules").at(-1) ?? {};
      orders.push(`${sort ?? "none"} ${String(descending ?? false)}`);
    }
    assert.deepEqual(orders, ["instructions true", "instructions false", "none false"]);
  });

  it("keeps the selected module, wherever it moves", async () => {
    const page = await dashboard();
    page.grid.focus();
    for (let step = 0; step < 3; step += 1) page.key(page.grid, "ArrowDown");
    const chosen = inOrder(SOME)[3]?.name ?? "";
    assert.equal(activeModule(page), chosen);
    page.find('[role="columnheader"] button').click();
    await page.until("its new place", () => page.activeRow.getAttribute("aria-rowindex") !== "5" && activeModule(page) === chosen);
    assert.ok(page.find(".detail h3").textContent.startsWith(chosen));
  });
});

describe("filters", () => {
  it("by text, verdict and crate narrow the list on the server", async () => {
    const page = await dashboard();
    const found = (): string => page.find(".decisions .found").textContent;
    page.change(page.find(".decisions vscode-text-field"), "serde", "input");
    await page.until("fewer modules", () => found().includes(" of 200"));
    assert.ok(page.column(1).every((crate) => crate.startsWith("serde")));
    page.button("Clear Filter").click();
    await page.until("all modules", () => found() === "200 modules");

    const [verdict, crate] = page.all(".decisions vscode-dropdown");
    assert.ok(verdict && crate);
    page.change(verdict, "re-used", "change");
    await page.until("re-used ones only", () => found().includes(" of 200"));
    assert.deepEqual(new Set(page.column(2)), new Set(["re-used"]));
    await page.until("crates", () => crate.childElementCount > 3);
    page.change(crate, "core", "change");
    await page.until("nothing", () => found() === "0 of 200 modules");
    assert.equal(page.find(".nothing").textContent, "No module matches the filter.");
    assert.deepEqual(page.extension.asked("modules").at(-1)?.filter, { verdicts: ["re-used"], crates: ["core"] });
  });

  it("cancel the requests of the previous filter", async () => {
    const page = await dashboard();
    const found = (): string => page.find(".decisions .found").textContent;
    const [verdict] = page.all(".decisions vscode-dropdown");
    assert.ok(verdict);
    page.extension.latencyMillis = 1000;
    page.news();
    page.change(verdict, "re-used", "change");
    const before = page.extension.cancelled;
    page.change(verdict, "re-compiled", "change");
    // The rows, and the position of the selected module.
    assert.ok(page.extension.cancelled - before >= 2, `${page.extension.cancelled - before} questions`);
    await page.until("the last filter's", () => found().includes(" of 200"));
    assert.deepEqual(new Set(page.column(2)), new Set(["re-compiled"]));
    assert.equal(page.extension.asked("modules").filter(({ limit }) => limit === 100).length, 2);
  });

  it("offer only verdicts that occur, with their counts", async () => {
    const page = await dashboard();
    const { counts } = page.extension.view ?? {};
    const labels = page.texts(".decisions vscode-dropdown:first-of-type vscode-option");
    assert.deepEqual(labels, ["All verdicts", `re-used (${counts?.reused ?? 0})`, `re-compiled (${counts?.recompiled ?? 0})`]);
  });
});

describe("the keyboard", () => {
  it("moves from row to row, and a screen reader reads each row at once", async () => {
    const page = await dashboard();
    page.grid.focus();
    page.key(page.grid, "ArrowDown");
    assert.equal(page.grid.getAttribute("aria-activedescendant"), page.activeRow.id);
    assert.match(page.activeRow.getAttribute("aria-label") ?? "", /of crate .*: re-(used|compiled), .* of bitcode .*, .* instructions, /);
    page.key(page.grid, "PageDown");
    assert.equal(page.activeRow.getAttribute("aria-rowindex"), String(2 + 1 + 16));
    page.key(page.grid, "Home");
    assert.equal(page.activeRow.getAttribute("aria-rowindex"), "2");
  });

  it("enters the cells of a row, and leaves them", async () => {
    const page = await dashboard();
    page.grid.focus();
    page.key(page.grid, "ArrowRight");
    page.key(page.grid, "ArrowRight");
    const cell = page.document.getElementById(page.grid.getAttribute("aria-activedescendant") ?? "");
    assert.equal(cell?.getAttribute("role"), "gridcell");
    assert.equal(cell.getAttribute("aria-colindex"), "2");
    page.key(page.grid, "Escape");
    assert.equal(page.grid.getAttribute("aria-activedescendant"), page.activeRow.id);
  });

  it("opens what the last stage changed with Enter, and any stage with its number", async () => {
    const page = await dashboard();
    const [run, module] = [page.extension.view?.id, inOrder(SOME)[1]?.name];
    page.grid.focus();
    page.key(page.grid, "ArrowDown");
    page.news();
    page.key(page.grid, "Enter");
    page.key(page.grid, "5");
    page.key(page.grid, "9");
    const opened = page.news().filter(({ type }) => type === "open");
    assert.deepEqual(opened, [
      { type: "open", run, module, stage: LAST_STAGE },
      { type: "open", run, module, stage: "thin-lto-after-import" },
    ]);
  });

  it("reaches the headers with one tab stop", async () => {
    const page = await dashboard();
    const buttons = page.all('[role="columnheader"] button');
    assert.deepEqual(
      buttons.map(({ tabIndex }) => tabIndex),
      [0, -1, -1, -1, -1, -1, -1, -1],
    );
    buttons[0]?.focus();
    if (buttons[0]) page.key(buttons[0], "ArrowRight");
    assert.equal(page.document.activeElement, buttons[1]);
    assert.equal(buttons[1]?.tabIndex, 0);
  });
});

describe("the mouse", () => {
  it("selects a row; a click on the name opens the last stage", async () => {
    const page = await dashboard();
    page.news();
    const row = page.rows()[2];
    row?.querySelector<HTMLElement>(".cell-crate")?.click();
    assert.equal(page.activeRow, row);
    assert.deepEqual(
      page.news().filter(({ type }) => type === "open"),
      [],
    );
    row?.querySelector<HTMLElement>(".open-module")?.click();
    assert.ok(typeof page.state === "object" && page.state && "activeRow" in page.state && page.state.activeRow === 2, "saved at once");
    assert.deepEqual(page.news().at(-1), {
      type: "open",
      run: page.extension.view?.id,
      module: inOrder(SOME)[2]?.name,
      stage: LAST_STAGE,
    });
  });
});

describe("the module below the table", () => {
  it("shows its reason, keys and stages", async () => {
    const page = await dashboard();
    const module = SOME.report.modules.find(({ name }) => name === inOrder(SOME)[0]?.name);
    await page.until("what the stages made", () => page.texts(".stage-note").every((note) => note !== ""));
    const detail = page.find(".detail").textContent;
    for (const part of [module?.name, module?.reason.detail, module?.key, module?.source]) {
      assert.ok(detail.includes(part ?? "?"), part ?? "");
    }
    assert.deepEqual(
      page.texts(".stage-label"),
      PIPELINES.thin.stages.map(({ label }) => label),
    );
    const [input = 0, , , , imported = 0] = (module?.stages ?? []).map(({ instructions }) => instructions);
    assert.equal(page.texts(".stage-note")[0], `${input.toLocaleString("en")} instr.`);
    assert.equal(page.texts(".stage-note")[4], `+${(imported - input).toLocaleString("en")} instr.`);
    page.news();
    page.all(".stage-button")[4]?.click();
    assert.deepEqual(page.news(), [{ type: "open", run: page.extension.view?.id, module: module?.name, stage: "thin-lto-after-import" }]);
  });

  it("is requested when the selection rests, not at each step", async () => {
    const page = await dashboard();
    await page.until("the first", () => page.extension.asked("stages").length === 1);
    page.grid.focus();
    for (let step = 0; step < 20; step += 1) page.key(page.grid, "ArrowDown");
    await page.quiet();
    assert.equal(page.extension.asked("stages").length, 2);
  });
});

describe("state", () => {
  it("survives hiding: filter, order, position", async () => {
    const page = await dashboard(MANY);
    page.change(page.find(".decisions vscode-text-field"), "core", "input");
    await page.until("fewer modules", () => page.find(".decisions .found").textContent.includes(" of 10,000"));
    page.all('[role="columnheader"] button')[7]?.click();
    await page.until("the order", () => page.extension.asked("modules").some(({ sort }) => sort === "time"));
    await page.until("rows", () => page.grid.getAttribute("aria-busy") === null);
    scroll(page, 4400);
    await page.until("rows there", () => page.rows().some((row) => row.dataset["index"] === "210"));
    page
      .rows()
      .find((row) => row.dataset["index"] === "210")
      ?.querySelector<HTMLElement>(".cell-crate")
      ?.click();
    const chosen = activeModule(page);

    const again = page.hideAndShow();
    open = [again];
    again.extension.use(MANY);
    await again.startWithRun();
    await again.until("the place", () => again.rows().some((row) => row.dataset["index"] === "210"));
    assert.equal(again.grid.scrollTop, 4400);
    assert.equal(activeModule(again), chosen);
    assert.equal(valueOf(again.find(".decisions vscode-text-field")), "core");
    assert.equal(again.all('[role="columnheader"]')[7]?.getAttribute("aria-sort"), "descending");
    assert.ok(
      again.extension
        .asked("modules")
        .filter(({ limit }) => limit === 100)
        .every(({ sort, filter }) => sort === "time" && filter?.text === "core"),
    );
  });

  it("of another version or another unit is dropped", async () => {
    const kept = { run: "other", unit: "other", text: "serde", crate: "gone", sort: "colour", gridTop: "far", zoom: { from: 5, to: 1 } };
    const page = await dashboard(SOME, kept);
    assert.equal(page.find(".decisions .found").textContent, "200 modules");
    assert.deepEqual(page.extension.asked("modules")[0]?.filter, {});
  });

  it("is kept when the data changes", async () => {
    const page = await dashboard();
    page.grid.focus();
    page.key(page.grid, "ArrowDown");
    page.news();
    page.extension.changed();
    page.extension.changed();
    await page.until("new rows", () => page.extension.asked("modules").length === 1 && page.grid.getAttribute("aria-busy") === null);
    await page.quiet();
    assert.equal(page.extension.asked("modules").length, 1);
    assert.equal(page.extension.asked("timeline").length, 1);
    assert.equal(page.activeRow.getAttribute("aria-rowindex"), "3");
  });
});

describe("keys of the table", () => {
  const extent = { rows: 100, columns: 8, page: 10 };
  const to = (key: string, at: GridPlace, ctrl = false): unknown => keyAction(key, ctrl, at, extent);

  it("stay within the table", () => {
    assert.deepEqual(to("ArrowUp", { row: 0, column: -1 }), { kind: "go", to: { row: 0, column: -1 } });
    assert.deepEqual(to("PageDown", { row: 95, column: 2 }), { kind: "go", to: { row: 99, column: 2 } });
    assert.deepEqual(to("ArrowRight", { row: 5, column: 7 }), { kind: "go", to: { row: 5, column: 7 } });
    assert.deepEqual(to("ArrowLeft", { row: 5, column: 0 }), { kind: "go", to: { row: 5, column: -1 } });
  });

  it("Home and End go to the ends of the row inside its cells, and of the table otherwise", () => {
    assert.deepEqual(to("End", { row: 5, column: 2 }), { kind: "go", to: { row: 5, column: 7 } });
    assert.deepEqual(to("End", { row: 5, column: 2 }, true), { kind: "go", to: { row: 99, column: 7 } });
    assert.deepEqual(to("Home", { row: 5, column: -1 }), { kind: "go", to: { row: 0, column: -1 } });
  });

  it("that are not its own are ignored", () => {
    assert.equal(to("Tab", { row: 5, column: 2 }), undefined);
    assert.equal(to("Escape", { row: 5, column: -1 }), undefined);
    assert.equal(keyAction("ArrowDown", false, { row: -1, column: -1 }, { rows: 0, columns: 8, page: 10 }), undefined);
  });
});
