/** Inside the extension host: measures the time and memory of activation. */
import fs from "node:fs";
import { extension } from "../../test/host/suites/extension.js";
import { describe, it } from "../../test/support/vscode/in-host.js";
import { FIGURES_FILE } from "./figures-file.js";

describe("bench", () => {
  it("measures activation", async () => {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const before = process.memoryUsage();
    const started = performance.now();
    await extension().activate();
    const activation = performance.now() - started;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const after = process.memoryUsage();
    const figures = { activation, heap: after.heapUsed - before.heapUsed, resident: after.rss - before.rss, whole: after.rss };
    fs.writeFileSync(process.env[FIGURES_FILE] ?? "", JSON.stringify(figures));
  });
});
