/** Activation in the real extension host. */
import fs from "node:fs/promises";
import path from "node:path";
import { runInHost } from "../../test/support/vscode/host.js";
import { BenchFailure } from "../lib/failure.js";
import { FIGURES_FILE } from "./figures-file.js";

export interface HostFigures {
  /** ms from the call of `activate` to its end. */
  readonly activation: number;
  /** Growth of the extension host's heap and resident memory, in bytes. */
  readonly heap: number;
  readonly resident: number;
  /** Resident bytes of the whole extension host. */
  readonly whole: number;
}

export async function host(work: string): Promise<HostFigures> {
  await fs.mkdir(work, { recursive: true });
  const file = path.join(work, "figures.json");
  const { problem } = await runInHost({ suites: ["bench/extension/host-suite.ts"], env: { [FIGURES_FILE]: file } });
  if (problem !== null) {
    throw new BenchFailure(`The extension host: ${problem}`, "Run `npm run test:host`, which sets it up, then run the bench again.");
  }
  return JSON.parse(await fs.readFile(file, "utf8")) as HostFigures;
}
