/** The page of the passes on a function: its slider, runs and diff, by keyboard, in four themes; in a browser, with its real bundle. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import type { FromPassPage } from "../../src/protocol/pass-page.js";
import { DEFAULT_SETTINGS } from "../../src/protocol/settings.js";
import { PATIENCE_MILLIS } from "../support/patience.js";
import { launchBrowser } from "../support/vscode/browser.js";
import { serveHarness, type Harness } from "./harness/serve.js";
import themes from "./harness/themes.json";
import { violationsOf } from "./support/violations.js";

let harness: Harness;
let browser: Browser;

before(async () => {
  // In sequence: a browser whose harness has failed would keep the test running.
  harness = await serveHarness();
  browser = await launchBrowser();
});

after(async () => {
  await browser.close();
  await harness.close();
});

async function open(scenario: string, { theme = "dark", width = 1280 } = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 720 }, reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE_MILLIS);
  await page.goto(`${harness.passesUrl}?theme=${theme}&scenario=${scenario}`);
  await page.locator("h1").waitFor();
  if (scenario === "sum") await page.locator(".line-added").waitFor();
  return page;
}

async function close(page: Page): Promise<void> {
  assert.deepEqual(await page.evaluate<string[]>("window.harness.violations"), []);
  assert.deepEqual(await page.evaluate<string[]>("window.harness.extension.refused"), []);
  assert.equal(await page.locator("img").count(), 0);
  await page.close();
}

function sent(page: Page, ...types: readonly FromPassPage["type"][]): Promise<FromPassPage[]> {
  return page.evaluate<FromPassPage[]>(`window.harness.extension.sent.filter(({ type }) => ${JSON.stringify(types)}.includes(type))`);
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return violationsOf(await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations', 'passes'] })"));
}

const slider = (page: Page) => page.getByRole("slider", { name: "Run that changed it" });
const current = (page: Page): Promise<string | null> => page.locator(".run[aria-current] .run-number").textContent();

describe("the page of passes", () => {
  it("walks through the runs that changed the function by keyboard, and says where it is", async () => {
    const page = await open("sum");
    assert.equal(await page.locator(".fact").textContent(), "14 of 1,314 runs of passes changed it in textstats::words.");
    const spoken = (): Promise<string | null> => slider(page).getAttribute("aria-valuetext");
    assert.equal(await spoken(), "1 of 14: InferFunctionAttrsPass, run 212");
    await slider(page).press("ArrowRight");
    await page.locator(".run[aria-current]", { hasText: "InstCombinePass" }).waitFor();
    assert.equal(await spoken(), "2 of 14: InstCombinePass, run 1,204");
    assert.equal(await page.locator(".step-name + p").textContent(), "function · code · −3 instructions · 1.50 ms");
    await page.getByRole("button", { name: "Next" }).press("Enter");
    await page.getByRole("button", { name: "Previous" }).press("Enter");
    assert.equal(await current(page), "1,204");
    await slider(page).press("End");
    await page.locator(".run[aria-current]", { hasText: "4,000" }).waitFor();
    assert.equal(await spoken(), "14 of 14: InlinerPass, run 4,000");
    await page.locator(".run", { hasText: "2,048" }).press("Enter");
    assert.equal(await spoken(), "3 of 14: <img src=x onerror=alert(1)>, run 2,048");
    const steps = (await sent(page, "step")).map((message) => (message.type === "step" ? message.at : 0));
    assert.deepEqual([steps[0], steps.at(-1)], [212, 2048]);
    await close(page);
  });

  it("jumps to the run that made a line, and shows folded lines", async () => {
    const page = await open("sum");
    const lines = page.getByRole("listbox", { name: /^Lines/ });
    const says = (text: string): Promise<void> =>
      page
        .locator("p.maker")
        .and(page.getByText(text, { exact: true }))
        .waitFor();
    await slider(page).press("End");
    await page.locator(".line-added", { hasText: "run 4000" }).click();
    await says("This run made the line.");
    await page.locator(".line", { hasText: "load i64" }).click();
    await says("The line was like that before the passes.");
    await lines.press("ArrowDown");
    await lines.press("Enter");
    await says("The line was made by InstCombinePass, run 1,204, which is shown now.");
    assert.equal(await current(page), "1,204");
    await page.locator(".line-added", { hasText: "run 1204" }).waitFor();
    await lines.press("Home");
    await lines.press("ArrowDown");
    await lines.press("Enter");
    await page.locator(".line-fold").waitFor({ state: "detached" });
    assert.equal(await page.locator("vscode-checkbox", { hasText: "All lines" }).getAttribute("aria-checked"), "true");
    await close(page);
  });

  it("asks about the lines that it shows, and drops answers about a step that was left", async () => {
    const page = await open("sum");
    const extension = (call: "hold()" | "release()"): Promise<void> => page.evaluate(`window.harness.extension.${call}`);
    const said = page.locator(".maker");
    const moved = async (key: "Home" | "End", to: string): Promise<void> => {
      await slider(page).press(key);
      await page.locator(".run[aria-current]", { hasText: to }).waitFor();
    };
    /** Answers come in order: those that were held are there once this later one is. */
    const release = async (status: string): Promise<void> => {
      await extension("release()");
      await page.locator("vscode-checkbox", { hasText: "Changed only" }).click();
      await page.getByText(status, { exact: true }).waitFor();
    };
    const asked = (count: number): Promise<unknown> =>
      page.waitForFunction(`window.harness.extension.sent.filter(({ type }) => type === "maker").length === ${count}`);

    await extension("hold()");
    await page.locator(".line", { hasText: "add nuw" }).click();
    await asked(1);
    await moved("End", "4,000");
    await release("The first 200 of 1,314 runs");
    assert.deepEqual([await current(page), await said.textContent()], ["4,000", ""]);

    await extension("hold()");
    await moved("Home", "212");
    await page.locator(".line-added").click();
    await asked(2);
    await release("14 runs");
    assert.deepEqual([await current(page), await said.textContent()], ["212", ""]);
    const makers = (await sent(page, "maker")).map((message) => (message.type === "maker" ? message.at : 0));
    assert.deepEqual(makers, [212, 4000]);
    await close(page);
  });

  it("names the run that made a line if the slider has not got it", async () => {
    const page = await open("many");
    await page.getByText("The slider has the first 1.").waitFor();
    await page.locator(".line", { hasText: "add nuw" }).click();
    await page.getByText("The line was made by InstCombinePass, run 1,204.", { exact: true }).waitFor();
    assert.equal(await current(page), "212");
    await close(page);
  });

  it("finds runs by pass and kind, and shows those that changed nothing on demand", async () => {
    const page = await open("sum");
    const rows = page.locator(".runs > li");
    assert.equal(await rows.count(), 14);
    await page.locator("vscode-text-field").click();
    await page.keyboard.type("inliner");
    await page.getByText("11 runs", { exact: true }).waitFor();
    assert.equal(await rows.count(), 11);
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    await page.getByText("14 runs", { exact: true }).waitFor();
    await page.locator("vscode-checkbox", { hasText: "Changed only" }).click();
    await page.getByText("The first 200 of 1,314 runs").waitFor();
    assert.equal(await page.locator("div.run").count(), 186);
    await page.getByRole("button", { name: "Show More" }).press("Enter");
    await page.getByText("The first 400 of 1,314 runs").waitFor();
    const kind = page.locator('vscode-dropdown[aria-label="Kind of run"]');
    await kind.click();
    await kind.locator("vscode-option", { hasText: "loop" }).click();
    await page.getByText("1 run", { exact: true }).waitFor();
    await close(page);
  });

  it("compares with another step with other filters, in the diff editor and on the command line too", async () => {
    const page = await open("sum");
    const against = page.locator('vscode-dropdown[aria-label="Against"]');
    await against.click();
    await against.locator("vscode-option", { hasText: "Before the passes" }).click();
    await page.locator("vscode-checkbox", { hasText: "Hide attributes" }).click();
    await page.getByRole("button", { name: "Open in Diff Editor" }).click();
    await page.getByRole("button", { name: "Copy CLI Command" }).click();
    await page.getByRole("button", { name: "Show Function" }).press("Enter");
    const { filters } = DEFAULT_SETTINGS;
    assert.deepEqual(await sent(page, "diff", "copyCli", "function"), [
      { type: "diff", at: 212, against: "start", filters: { ...filters, hideAttributes: !filters.hideAttributes } },
      { type: "copyCli", at: 212 },
      { type: "function" },
    ]);
    await close(page);
  });

  it("shows the run that it showed before the window was reloaded", async () => {
    const page = await open("sum");
    await page.locator(".run", { hasText: "2,048" }).click();
    await page.reload();
    await page.locator(".run[aria-current]").waitFor();
    assert.equal(await current(page), "2,048");
    await close(page);
  });

  it("without changes, after a failure and in Restricted Mode says so", async () => {
    const idle = await open("idle");
    assert.equal(await idle.locator(".fact").textContent(), "No pass changed it in textstats::words: 1,314 runs were for it.");
    assert.equal(await slider(idle).count(), 0);
    await close(idle);
    const problem = await open("problem");
    await problem.getByText("changed it otherwise").waitFor();
    await problem.getByRole("button", { name: "Try Again" }).click();
    assert.equal((await sent(problem, "step")).length, 2);
    await close(problem);
    const failed = await open("failed");
    await failed.getByRole("button", { name: "Try Again" }).click();
    assert.deepEqual(await sent(failed, "again"), [{ type: "again" }]);
    await close(failed);
    const restricted = await open("restricted");
    await restricted.getByRole("button", { name: "Manage Workspace Trust" }).click();
    assert.deepEqual(await sent(restricted, "command"), [{ type: "command", command: "manageTrust" }]);
    await close(restricted);
  });

  for (const theme of Object.keys(themes)) {
    it(`is accessible and fits into 300 pixels in the theme ${theme}`, async () => {
      for (const [scenario, width] of [
        ["sum", 1280],
        ["sum", 300],
        ["problem", 300],
        ["idle", 1280],
      ] as const) {
        const page = await open(scenario, { theme, width });
        assert.deepEqual(await violations(page), [], `${scenario} at ${width} px`);
        assert.ok(await page.evaluate<boolean>("document.documentElement.scrollWidth <= window.innerWidth"), `${width} px`);
        const pictures = process.env["PICTURES"];
        if (pictures !== undefined) {
          await page.screenshot({ path: `${pictures}/passes-${scenario}-${theme}-${width}.png`, fullPage: true });
        }
        await close(page);
      }
    });
  }
});
