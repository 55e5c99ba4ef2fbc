/** The size of the linked output: the treemap, the build that it is compared with, and the tables. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { bytes } from "../../src/protocol/words.js";
import { Dashboard } from "./support/dashboard.js";
import { FAKE_BUILDS, FAKE_OUTPUT } from "./support/fake-sizes.js";
import { fakeRun } from "./support/fake-run.js";

const RUN = fakeRun({ modules: 40, threads: 2 });

let open: Dashboard[] = [];

async function dashboard(state?: unknown): Promise<Dashboard> {
  const made = new Dashboard(state);
  open.push(made);
  made.extension.use(RUN);
  await made.startWithRun();
  await made.until("tiles", () => tiles(made).length > 0);
  return made;
}

function tiles(page: Dashboard): readonly Element[] {
  return page.all(".treemap-tile:not(.legend *)");
}

function groups(page: Dashboard): readonly string[] {
  return page.texts(".treemap-group-name");
}

/** jsdom has no `click` for SVG. */
function click(page: Dashboard, element: Element): void {
  element.dispatchEvent(new page.window.MouseEvent("click", { bubbles: true }));
}

afterEach(() => {
  for (const made of open) {
    assert.deepEqual(made.errors, []);
    made.close();
  }
  open = [];
});

describe("the size of the linked output", () => {
  it("is a group for each crate, compared with the capture before", async () => {
    const page = await dashboard();
    assert.equal(page.extension.asked("sizes")[0]?.against, undefined);
    assert.ok(groups(page).includes("textstats") && groups(page).includes("not Rust") && groups(page).includes("no symbol"));
    assert.match(page.find(".sizes .found").textContent, new RegExp(`^textstats · ${bytes(FAKE_OUTPUT.bytes)}, \\+`));
    for (const change of ["grown", "shrunk", "new"]) {
      assert.ok(
        tiles(page).some((tile) => tile.classList.contains(`change-${change}`)),
        change,
      );
    }
  });

  it("can show the areas of the earlier build", async () => {
    const page = await dashboard();
    const gone = (): boolean => tiles(page).some((tile) => tile.classList.contains("change-gone"));
    assert.equal(gone(), false);
    page.button("Before").click();
    await page.until("the earlier build", gone);
    assert.equal(page.button("Before").getAttribute("aria-pressed"), "true");
  });

  it("need not be compared", async () => {
    const page = await dashboard();
    const list = page.find('vscode-dropdown[aria-label="Compare with an earlier build"]') as HTMLElement & { value: string };
    assert.equal(list.value, FAKE_BUILDS[0].ref);
    page.news();
    list.value = "";
    list.dispatchEvent(new page.window.Event("change"));
    await page.until("no comparison", () => page.extension.asked("sizes").some(({ against }) => against === null));
    await page.until("no changes", () => !tiles(page).some((tile) => /change-(?!same)/.test(tile.getAttribute("class") ?? "")));
    assert.equal(page.find(".sizes .filters").hidden, true);
  });

  it("opens a function's page, and shows one crate", async () => {
    const page = await dashboard();
    const own = page.all(".treemap-group").find((group) => group.querySelector('[data-group="textstats"]') !== null);
    const [tile] = own?.querySelectorAll(".treemap-tile") ?? [];
    page.news();
    click(page, tile ?? assert.fail("no tile"));
    assert.match(page.find(".chosen-tile").textContent, /^textstats::module::function_\d+ · .* · \.text Show Function$/);
    page.find(".chosen-tile .link").click();
    await page.until("the function", () => page.extension.sent.some((message) => message.type === "function"));
    click(page, own?.querySelector(".treemap-group-name") ?? assert.fail("no name"));
    assert.deepEqual(groups(page), ["textstats"]);
    page.button("All Crates").click();
    assert.ok(groups(page).length > 5);
  });

  it("remembers that only functions are shown", async () => {
    const page = await dashboard({ onlyCode: true });
    assert.equal(page.extension.asked("sizes")[0]?.code, true);
  });

  it("says why there is none", async () => {
    const made = new Dashboard(undefined);
    open.push(made);
    made.extension.use(RUN);
    made.extension.noOutput = "The capture of app has no linked output.";
    await made.startWithRun();
    await made.until("the reason", () => made.find(".sizes .nothing").textContent === "The capture of app has no linked output.");
    assert.equal(tiles(made).length, 0);
  });
});
