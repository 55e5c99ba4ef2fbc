/** Debian's Chromium, driven by Playwright: the window of the VS Code server. */
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { chromium as executable } from "../../../scripts/lib/system-packages.mjs";

/** It must not connect outside this machine: refused connections slow it down by seconds. */
const OFFLINE = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-default-apps",
];

/** Starts a browser; each has its own profile, which is removed with it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = executable();
  if (executablePath === undefined) throw new Error("there is no Chromium: `npm run test:e2e` installs it, or says how");
  // Chromium's own sandbox needs privileges that containers and root lack; it only shows our own page.
  return chromium.launch({ executablePath, chromiumSandbox: false, args: ["--disable-gpu", ...OFFLINE] });
}
