/**
 * The dashboard in a browser, without VS Code: `node --import tsx test/webview/harness/main.ts` serves it until it is interrupted;
 * `… main.ts --pictures FOLDER` takes pictures in all themes instead.
 */
import fs from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { launchBrowser } from "../../support/vscode/browser.js";
import { serveHarness } from "./serve.js";
import themes from "./themes.json";

interface Picture {
  readonly name: string;
  readonly query: string;
  readonly width?: number;
  readonly height?: number;
  readonly act?: (page: Page) => Promise<void>;
}

async function chooseSecondRow(page: Page): Promise<void> {
  await page.locator(".grid").focus();
  await page.keyboard.press("ArrowDown");
}

async function walkTheTimeline(page: Page): Promise<void> {
  await page.locator(".timeline-chart").focus();
  for (const key of ["ArrowRight", "ArrowDown", "ArrowRight", "End", "+", "+", "+", "ArrowLeft"]) await page.keyboard.press(key);
}

async function focusTheButton(page: Page): Promise<void> {
  await page.keyboard.press("Tab");
}

async function openTheCrates(page: Page): Promise<void> {
  await page.locator("vscode-dropdown").nth(1).click();
}

const PICTURES: readonly Picture[] = [
  { name: "page", query: "modules=346", act: chooseSecondRow },
  { name: "deviates", query: "modules=1000&threads=16&scenario=deviates" },
  { name: "verified-small", query: "modules=10&threads=2&scenario=verified" },
  { name: "timeline", query: "modules=346&threads=6", act: walkTheTimeline },
  { name: "crates", query: "modules=10000", act: openTheCrates },
  { name: "fat", query: "scenario=fat" },
  { name: "middling", query: "modules=346", width: 1044, act: chooseSecondRow },
  { name: "narrow", query: "modules=346", width: 620, act: chooseSecondRow },
  { name: "failing", query: "scenario=failing" },
  { name: "died", query: "scenario=died", height: 500 },
  { name: "not-linked", query: "scenario=not-linked", height: 500 },
  { name: "empty", query: "scenario=empty", height: 500, act: focusTheButton },
  { name: "no-cargo", query: "scenario=no-cargo", height: 500, act: focusTheButton },
  { name: "restricted", query: "scenario=restricted", height: 500 },
];

async function takePictures(folder: string, only: readonly string[]): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const harness = await serveHarness();
  const browser = await launchBrowser();
  try {
    for (const theme of Object.keys(themes)) {
      for (const { name, query, width = 1280, height = 900, act } of PICTURES) {
        if (only.length > 0 && !only.includes(name)) continue;
        const page = await browser.newPage({ viewport: { width, height } });
        await page.goto(`${harness.url}?theme=${theme}&${query}`);
        await page.waitForTimeout(600);
        await act?.(page);
        await page.waitForTimeout(400);
        const file = path.join(folder, `${name}-${theme}.png`);
        await page.screenshot({ path: file, fullPage: true });
        console.log(file);
        await page.close();
      }
    }
  } finally {
    await browser.close();
    await harness.close();
  }
}

async function main(): Promise<void> {
  const [option, folder, ...only] = process.argv.slice(2);
  if (option === "--pictures" && folder !== undefined) {
    await takePictures(folder, only);
    return;
  }
  const { url } = await serveHarness(Number(process.env["PORT"] ?? "0"));
  console.log(
    `${url}?theme=dark&modules=1000 (themes: ${Object.keys(themes).join(", ")}; scenario=empty|no-cargo|restricted|verified|deviates|not-linked|died|failing)`,
  );
}

void main();
