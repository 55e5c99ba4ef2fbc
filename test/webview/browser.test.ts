/** The page in a real browser with its real policy: what jsdom cannot show. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { PATIENCE_MILLIS } from "../support/patience.js";
import { launchBrowser } from "../support/vscode/browser.js";
import { serveHarness, type Harness } from "./harness/serve.js";
import themes from "./harness/themes.json";
import { violationsOf } from "./support/violations.js";

/** The packaged script and style sheet together. */
const LARGEST_BYTES = 400_000;
/** At first only what fits on the screen is painted, and bars that are too narrow to distinguish are combined; bench/extension measures the time. */
const MOST_ELEMENTS = 4500;

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

interface Opened {
  readonly page: Page;
  /** Errors, warnings and violations of the policy. */
  readonly complaints: () => Promise<readonly string[]>;
}

async function open(query: string, size = { width: 1280, height: 900 }): Promise<Opened> {
  const page = await browser.newPage({ viewport: size, reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE_MILLIS);
  const told: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") told.push(message.text());
  });
  page.on("pageerror", (error) => told.push(error.message));
  await page.goto(`${harness.url}?${query}`);
  return { page, complaints: async () => [...told, ...(await page.evaluate<string[]>("window.harness.violations"))] };
}

async function withRun(query: string, size?: { width: number; height: number }): Promise<Opened> {
  const opened = await open(query, size);
  await opened.page.locator(".grid-body .grid-row").first().waitFor();
  await opened.page.locator(".timeline-bars rect").first().waitFor();
  await opened.page.locator(".stages tbody tr").first().waitFor();
  return opened;
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations', 'passes'] })");
  const looked = results.passes.find(({ id }) => id === "color-contrast")?.nodes.length ?? 0;
  assert.ok(looked > 0, "contrast was not checked");
  return violationsOf(results);
}

describe("the bundle", () => {
  it("is small", () => {
    const bytes = Buffer.byteLength(harness.assets.script) + Buffer.byteLength(harness.assets.style);
    assert.ok(bytes < LARGEST_BYTES, `${bytes} bytes`);
  });
});

describe("themes", () => {
  for (const theme of Object.keys(themes)) {
    it(`${theme}: every text is readable, and the policy blocks nothing`, async () => {
      const { page, complaints } = await withRun(`theme=${theme}&modules=200&scenario=deviates`);
      await page.locator(".grid").focus();
      await page.keyboard.press("ArrowDown");
      await page.locator(".stage-note").last().getByText("instr.").or(page.locator(".stage-note").last()).waitFor();
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(await complaints(), []);
      await page.close();
    });

    it(`${theme}: every text on pages without a run is readable`, async () => {
      for (const scenario of ["empty", "died", "failing"]) {
        const { page } = await open(`theme=${theme}&modules=20&scenario=${scenario}`);
        await page.locator("vscode-button").first().waitFor();
        assert.deepEqual(await violations(page), [], scenario);
        await page.close();
      }
    });
  }
});

describe("speed", () => {
  it("a run of 1,000 modules is painted with few elements", async (t) => {
    const { page } = await withRun("modules=1000");
    const millis = await page.evaluate<number>("window.harness.painted.then((at) => at - window.harness.ready)");
    const elements = await page.locator("*:not(.sizes *)").count();
    t.diagnostic(`first paint after ${Math.round(millis)} ms, ${elements} elements`);
    assert.ok(elements < MOST_ELEMENTS, `${elements} elements`);
    await page.close();
  });

  it("the treemap of 10,000 symbols has a tile for the largest ones only", async () => {
    const { page } = await withRun("modules=100&symbols=10000");
    await page.locator(".treemap-tile").first().waitFor();
    const tiles = await page.locator(".treemap-picture .treemap-tile").count();
    assert.ok(tiles > 300 && tiles < 1600, `${tiles} tiles`);
    await page.close();
  });

  it("10,000 modules scroll with few rows", async () => {
    const { page, complaints } = await withRun("modules=10000");
    const grid = page.locator(".grid");
    await grid.evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    await page.locator('[aria-rowindex="10001"]:not([aria-busy])').waitFor();
    assert.ok((await page.locator(".grid-row").count()) < 80);
    assert.deepEqual(await complaints(), []);
    await page.close();
  });
});

describe("a window that becomes higher", () => {
  it("shows as many rows as fit", async () => {
    const { page } = await withRun("modules=1000", { width: 1280, height: 300 });
    await page.setViewportSize({ width: 1280, height: 1400 });
    await page.waitForFunction(() => {
      const [grid, ...rows] = [...document.querySelectorAll(".grid, .grid-body .grid-row")].map((element) =>
        element.getBoundingClientRect(),
      );
      return grid !== undefined && grid.height > 600 && Math.max(...rows.map(({ bottom }) => bottom)) >= grid.bottom;
    });
    await page.close();
  });
});

describe("layout", () => {
  for (const width of [300, 420, 900, 1920]) {
    it(`at ${width} pixels the page does not scroll sideways`, async () => {
      const { page } = await withRun("modules=300&threads=16", { width, height: 800 });
      assert.ok(await page.evaluate<boolean>("document.documentElement.scrollWidth <= window.innerWidth"));
      await page.close();
    });
  }
});

describe("the table's layout", () => {
  for (const width of [300, 560, 1040, 1280]) {
    it(`at ${width} pixels cells are below their headers`, async () => {
      const { page } = await withRun("modules=300", { width, height: 800 });
      const rights = (selector: string): Promise<number[]> =>
        page.locator(selector).evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().right)));
      assert.deepEqual(await rights('[data-index="1"].grid-row > .cell'), await rights(".grid-header > .cell"));
      await page.close();
    });
  }

  // In a window of 1280 pixels with a side bar, the page is 930 pixels wide.
  for (const width of [300, 560, 930, 1280]) {
    it(`at ${width} pixels all columns are in view, and numbers and verdicts are not clipped`, async () => {
      const { page } = await withRun("modules=300&scenario=deviates", { width, height: 720 });
      const grid = page.locator(".grid");
      await grid.evaluate((element) => {
        element.scrollLeft = 1000;
      });
      assert.equal(await grid.evaluate(({ scrollLeft }) => scrollLeft), 0);
      const outside = (selector: string): Promise<string[]> =>
        grid.evaluate((element, wanted) => {
          const { left, right } = element.getBoundingClientRect();
          return [...element.querySelectorAll(wanted)].flatMap((cell) => {
            const place = cell.getBoundingClientRect();
            return place.width > 0 && place.left >= left && place.right <= right ? [] : cell.textContent;
          });
        }, selector);
      assert.deepEqual(await outside(".cell"), []);
      // Names and reasons may be cut with an ellipsis; a tooltip and the details below the table show them in full.
      const clipped = await page
        .locator(".grid-body :is(.cell-verdict, .cell-pair, .cell-number)")
        .evaluateAll((cells) => cells.flatMap((cell) => (cell.scrollWidth > cell.clientWidth ? cell.textContent : [])));
      assert.deepEqual(clipped, []);
      await page.close();
    });

    it(`at ${width} pixels rows follow each other, and the keyboard reaches the last one`, async () => {
      const { page } = await withRun("modules=300", { width, height: 720 });
      const places = await page.locator(".grid-body .grid-row").evaluateAll((rows) =>
        rows
          .map((row) => row.getBoundingClientRect())
          .sort((one, other) => one.top - other.top)
          .map(({ top, bottom }) => [top, bottom]),
      );
      for (const [index, [top]] of places.entries()) if (index > 0) assert.equal(top, places[index - 1]?.[1]);
      await page.locator(".grid").focus();
      await page.keyboard.press("End");
      const last = page.locator('.grid [data-index="299"]:not([aria-busy])');
      await last.waitFor();
      const [row, grid] = [await last.boundingBox(), await page.locator(".grid").boundingBox()];
      assert.ok(row && grid && row.y + row.height <= grid.y + grid.height + 1);
      await page.close();
    });
  }

  it("keeps its first row when the window gets smaller", async () => {
    const { page } = await withRun("modules=1000");
    const grid = page.locator(".grid");
    await grid.evaluate((element) => {
      element.scrollTop = 100 * Number.parseFloat(element.style.getPropertyValue("--row-height"));
    });
    await page.locator('.grid [data-index="100"]').waitFor();
    await page.setViewportSize({ width: 300, height: 720 });
    await page.waitForFunction(() => {
      const [row, head] = ['.grid [data-index="100"]', ".grid-head"].map((selector) => document.querySelector(selector));
      return row && head && Math.abs(row.getBoundingClientRect().top - head.getBoundingClientRect().bottom) <= 1;
    });
    await page.close();
  });

  it("does not cover the list of a dropdown", async () => {
    const { page } = await withRun("modules=300");
    await page.locator("vscode-dropdown").first().click();
    await page.locator("vscode-option", { hasText: "re-used (" }).click();
    await page.locator(".decisions .found", { hasText: " of 300 modules" }).waitFor();
    await page.close();
  });
});

describe("mouse", () => {
  it("Ctrl and the wheel zoom into the timeline, dragging pans, and a click opens", async () => {
    const { page } = await withRun("modules=346");
    const lanes = page.locator(".timeline-lanes");
    await lanes.scrollIntoViewIfNeeded();
    const box = (await lanes.boundingBox()) ?? assert.fail("the timeline has no place");
    const where = page.locator(".timeline .found");
    const [x, y] = [box.x + box.width / 2, box.y + 40];
    await page.mouse.move(x, y);
    await page.keyboard.down("Control");
    for (let step = 0; step < 3; step += 1) await page.mouse.wheel(0, -120);
    await page.keyboard.up("Control");
    await where.getByText(/ of \d/).waitFor();
    const zoomed = await where.textContent();
    await page.mouse.down();
    await page.mouse.move(x - 120, y, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction((before) => document.querySelector(".timeline .found")?.textContent !== before, zoomed);
    const bars = await page.locator('.timeline-bars .kind-optimize:not([display="none"])').all();
    const boxes = await Promise.all(bars.map((bar) => bar.boundingBox()));
    const bar = boxes.find((place) => place !== null && place.x > box.x && place.width > 6) ?? assert.fail("no bar is all in view");
    await page.mouse.click(bar.x + bar.width / 2, bar.y + bar.height / 2);
    await page.waitForFunction(() => "harness" in window && window.harness.extension.sent.some(({ type }) => type === "open"));
    await page.close();
  });

  it("the plain wheel scrolls the page, even over the timeline", async () => {
    const { page } = await withRun("modules=346");
    await page.locator(".timeline-lanes").hover();
    const before = await page.evaluate<number>("window.scrollY");
    await page.mouse.wheel(0, -200);
    await page.waitForFunction((top) => window.scrollY !== top, before);
    assert.match((await page.locator(".timeline .found").textContent()) ?? "", /activities in/);
    await page.close();
  });
});

describe("hiding", () => {
  it("a page that is shown again keeps its position", async () => {
    const { page } = await withRun("modules=1000");
    await page.locator(".grid").evaluate((element) => {
      element.scrollTop = 5000;
    });
    // A click scrolls its target into view.
    await page.locator('vscode-button[aria-label="Zoom In"]').click();
    await page.evaluate("window.scrollTo(0, 300)");
    // The scroll position is saved a moment later.
    await page.waitForFunction(() =>
      Object.values(sessionStorage).some((text: string) => text.includes('"gridTop":5000,"pageTop":300,"zoom":{')),
    );
    const before = await page.locator(".timeline .found").textContent();
    await page.reload();
    await page.locator('.grid [data-index="240"]').waitFor();
    assert.equal(await page.locator(".grid").evaluate((element) => element.scrollTop), 5000);
    await page.waitForFunction(() => window.scrollY === 300);
    assert.equal(await page.locator(".timeline .found").textContent(), before);
    await page.close();
  });
});
