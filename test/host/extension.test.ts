/** The extension in a real extension host. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findMatrixToolchain } from "../../bench/verify-matrix/toolchains.js";
import { TestCli } from "../support/cli.js";
import { FIELD_DEMO, layOut } from "../support/programs.js";
import { ON_LOOKING, textsOf } from "../support/attempts.js";
import { hostTests } from "../support/vscode/host.js";

const MANIFEST = `[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n`;

/** All of a workspace's ways to influence a window, at once; the suite makes the programs executable. */
const TRAPS = {
  ...textsOf(
    ON_LOOKING.filter(({ programs = [], folder }) => programs.every((name) => name.startsWith("tc/")) && folder === undefined),
    "${workspace}",
  ),
  "rust-toolchain.toml": `[toolchain]\npath = "\${workspace}/tc"\n`,
  "Cargo.toml": MANIFEST,
  ".cargo/config.toml": `[build]\nrustc = "tc/bin/rustc"\nrustc-wrapper = "tc/bin/rustc"\nrustc-workspace-wrapper = "tc/bin/rustc"\n`,
  ".vscode/settings.json": JSON.stringify({
    "lto.toolchain": "./tc/bin/rustc",
    "lto.libLLVM": "./tc/lib/libLLVM.so.22.1",
    "lto.store.path": "./store",
    "lto.profile": "evil",
    "task.allowAutomaticTasks": "on",
  }),
  ".vscode/tasks.json": JSON.stringify({
    version: "2.0.0",
    tasks: [
      { type: "lto-inspector", task: "capture", label: "capture", runOptions: { runOn: "folderOpen" } },
      { type: "process", command: "./tc/bin/cargo", label: "cargo", runOptions: { runOn: "folderOpen" } },
    ],
  }),
};

hostTests("activation in a folder without Cargo.toml", { suites: ["test/host/suites/activation.ts", "test/host/suites/without-cargo.ts"] });

hostTests("a trusted workspace", {
  suites: ["test/host/suites/workspace.ts"],
  workspace: { "Cargo.toml": MANIFEST, "src/main.rs": "fn main() {}\n" },
});

hostTests("a trusted workspace with runs", {
  suites: ["test/host/suites/runs.ts"],
  workspace: { "Cargo.toml": MANIFEST, "src/main.rs": "fn main() {}\n" },
});

hostTests("Restricted Mode", {
  suites: ["test/host/suites/restricted.ts"],
  workspace: TRAPS,
  askTrust: true,
});

hostTests("a captured unit and two LLVMs", async (t) => {
  const [old, today] = [await findMatrixToolchain("debian-1.85"), await findMatrixToolchain("stable")];
  if (typeof old === "string") return old;
  if (typeof today === "string") return today;
  const scratch = await mkdtemp(join(tmpdir(), "lto-host-llvms-"));
  t.after(() => rm(scratch, { recursive: true, force: true }));
  const store = join(scratch, "store");
  const folder = await layOut(FIELD_DEMO, join(scratch, "demo"));
  const unit = await new TestCli(store).capture(folder, "--toolchain", old.described.rustc);
  return {
    suites: ["test/host/suites/llvm-versions.ts"],
    // The state folder is where it is noted that the capture was made here.
    env: {
      LTO_INSPECTOR_STORE: store,
      XDG_STATE_HOME: process.env["XDG_STATE_HOME"],
      LTO_TEST_UNIT: unit,
      LTO_TEST_FOLDER: folder,
      LTO_TEST_LLVM: old.described.llvmVersion,
    },
  };
});
