/** A copy of examples/rust, captured once through the server the way a client does it, for all tests that need one. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { CapturePlan, ProgramLine, RunView, UnitView } from "../../src/protocol/views.js";
import { TestServer, type TestServerOptions } from "./server.js";
import { repository } from "./repository.js";

export class Captured {
  readonly scratch = mkdtempSync(path.join(os.tmpdir(), "lto-server-test-"));
  readonly workspace = path.join(this.scratch, "textstats");
  readonly store = path.join(this.scratch, "store");
  /** The progress of its captures. */
  readonly followed: string[] = [];
  readonly #servers: TestServer[] = [];
  #server: TestServer | undefined;
  #plan: CapturePlan | undefined;
  #unit: UnitView | undefined;
  #run: RunView | undefined;

  get server(): TestServer {
    return this.#server ?? assert.fail("the fixture is not ready");
  }

  /** The server's plan before the build. */
  get plan(): CapturePlan {
    return this.#plan ?? assert.fail("the fixture is not ready");
  }

  get unit(): UnitView {
    return this.#unit ?? assert.fail("the fixture is not ready");
  }

  get folderUri(): string {
    return pathToFileURL(this.workspace).href;
  }

  /** The first run, which made everything. */
  get run(): RunView {
    return this.#run ?? assert.fail("nothing was run yet");
  }

  set run(run: RunView) {
    this.#run = run;
  }

  /** Makes the first run if tests run alone; otherwise a test makes it. */
  async ensureRun(): Promise<void> {
    this.#run ??= await this.server.ask("thin", { source: { unit: this.unit.ref } });
  }

  async prepare(): Promise<void> {
    const example = path.join(repository, "examples", "rust");
    await fs.cp(example, this.workspace, { recursive: true, filter: (file) => path.basename(file) !== "target" });
    this.#server = await this.start();
    this.#plan = await this.server.ask("plan", { folder: this.folderUri });
    const { units, primary } = await this.capture();
    this.#unit = units.find(({ ref }) => ref === primary) ?? assert.fail(`${primary} is not among the captured units`);
  }

  /** Another server on the same store: another window. */
  async start(options: Partial<TestServerOptions> = {}): Promise<TestServer> {
    const server = await TestServer.start({ store: this.store, folders: [this.workspace], ...options });
    this.#servers.push(server);
    return server;
  }

  /** Requests the command line, runs it as VS Code runs the task, and requests the result. */
  async capture(): Promise<{ readonly units: readonly UnitView[]; readonly primary: string }> {
    const { command, reportFile } = await this.server.ask("captureCommand", { folder: this.folderUri });
    const following = this.server.askWithProgress("followCapture", { reportFile }, (value) => {
      if (value.kind === "report" && value.message !== undefined) this.followed.push(value.message);
    });
    const { code, output } = await runTask(command);
    assert.equal(code, 0, output);
    const result = await this.server.ask("captureResult", { reportFile, exitCode: code });
    await following;
    return result;
  }

  /** Changes one function's body, or reverts the change. */
  edit(option: "--apply" | "--revert"): void {
    const edited = spawnSync(process.execPath, [path.join(repository, "examples", "rust", "edit.mjs"), option, this.workspace], {
      encoding: "utf8",
    });
    assert.equal(edited.status, 0, edited.stderr);
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop().catch(() => server.process.kill("SIGKILL"))));
    await fs.rm(this.scratch, { recursive: true, force: true });
  }
}

export function runTask({ program, args, cwd, env }: ProgramLine): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code: code ?? 130, output });
    });
  });
}
