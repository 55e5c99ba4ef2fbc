/** The extension in a real extension host. */
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

hostTests("Restricted Mode", {
  suites: ["test/host/suites/restricted.ts"],
  workspace: TRAPS,
  askTrust: true,
});
