/** Whatever has the focus shows it: all pages, walked through with Tab in every theme, also below the mouse pointer. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { PATIENCE_MILLIS } from "../support/patience.js";
import { launchBrowser } from "../support/vscode/browser.js";
import { serveHarness, type Harness } from "./harness/serve.js";
import themes from "./harness/themes.json";

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

/** More than any page has. */
const MOST_STOPS = 200;

interface Stop {
  /** What has the focus: a name, and where it is. */
  readonly name: string;
  readonly center: readonly [x: number, y: number];
  readonly visible: boolean;
}

/**
 * Runs in the page. The focus shows if what has it, a control around it or the active part in it has an outline or, as text fields do, a border in
 * the colour of the focus.
 */
const STOP = `(() => {
  let at = document.activeElement;
  const around = [];
  while (at !== null && at.shadowRoot?.activeElement) { around.push(at); at = at.shadowRoot.activeElement; }
  if (at === null || at === document.body) return null;
  const active = document.getElementById(at.getAttribute("aria-activedescendant") ?? "");
  const inside = [...at.querySelectorAll(".at, [aria-selected=true]"), ...(active === null ? [] : [active])];
  const focus = getComputedStyle(document.documentElement).getPropertyValue("--vscode-focusBorder").trim();
  const probe = document.createElement("i");
  probe.style.color = focus;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  const shows = (element) => {
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== "none" && style.outlineStyle !== "auto" && parseFloat(style.outlineWidth) >= 1;
    if (outlined && !/, 0\\)$|transparent/.test(style.outlineColor)) return true;
    return style.borderTopStyle === "solid" && parseFloat(style.borderTopWidth) >= 1 && style.borderTopColor === colour;
  };
  const { left, top, width, height } = at.getBoundingClientRect();
  const shadows = [...around, at].flatMap((element) => [...(element.shadowRoot?.querySelectorAll("*") ?? [])]);
  const label = around[0] ?? at;
  return {
    name: [label.localName, String(label.className), (label.getAttribute("aria-label") ?? label.textContent).trim().slice(0, 40)].join(" "),
    center: [left + width / 2, top + height / 2],
    visible: [at, ...around, ...inside, ...shadows].some(shows),
  };
})()`;

/** The names of the stops at which nothing shows the focus. */
async function unseen(page: Page): Promise<{ readonly stops: number; readonly unseen: readonly string[] }> {
  const found: string[] = [];
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate<Stop | null>(STOP);
    if (stop === null) return { stops, unseen: found };
    if (!stop.visible) found.push(stop.name);
    await page.mouse.move(...(stop.center as [number, number]));
    const hovered = await page.evaluate<Stop | null>(STOP);
    if (hovered?.visible !== true) found.push(`${stop.name}, below the pointer`);
    await page.mouse.move(0, 0);
  }
  return assert.fail("Tab never leaves the page");
}

async function open(address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE_MILLIS);
  await page.goto(address);
  return page;
}

describe("the focus is visible", () => {
  for (const theme of Object.keys(themes)) {
    it(`on the dashboard, ${theme}`, async () => {
      const page = await open(`${harness.url}?theme=${theme}&modules=60&scenario=deviates`);
      await page.locator(".grid-body .grid-row").first().waitFor();
      await page.locator(".timeline-bars rect").first().waitFor();
      await page.locator(".stages tbody tr").first().waitFor();
      await page.locator(".cause summary").first().waitFor();
      const { stops, unseen: hidden } = await unseen(page);
      assert.deepEqual(hidden, []);
      assert.ok(stops > 15, `only ${stops} stops`);
      await page.close();
    });

    it(`on an explanation, ${theme}`, async () => {
      const page = await open(`${harness.explanationUrl}?theme=${theme}&scenario=several`);
      await page.locator("h1").waitFor();
      await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
      const { stops, unseen: hidden } = await unseen(page);
      assert.deepEqual(hidden, []);
      assert.ok(stops > 8, `only ${stops} stops`);
      await page.close();
    });

    it(`on a page of passes, ${theme}`, async () => {
      const page = await open(`${harness.passesUrl}?theme=${theme}&scenario=sum`);
      await page.locator(".line-added").waitFor();
      const { stops, unseen: hidden } = await unseen(page);
      assert.deepEqual(hidden, []);
      assert.ok(stops > 12, `only ${stops} stops`);
      await page.close();
    });

    it(`on a comparison, ${theme}`, async () => {
      const page = await open(`${harness.comparisonUrl}?theme=${theme}&scenario=edit`);
      await page.locator("details.row").first().waitFor();
      await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
      await page.locator(".functions .change").first().waitFor();
      const { stops, unseen: hidden } = await unseen(page);
      assert.deepEqual(hidden, []);
      assert.ok(stops > 8, `only ${stops} stops`);
      await page.close();
    });
  }
});
