/** The extension in a real extension host. */
import { hostTests } from "../support/vscode/host.js";

const MANIFEST = `[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n`;

hostTests("activation", { suites: ["test/host/suites/activation.ts"] });

hostTests("a trusted workspace", {
  suites: ["test/host/suites/workspace.ts"],
  workspace: { "Cargo.toml": MANIFEST, "src/main.rs": "fn main() {}\n" },
});

hostTests("Restricted Mode", {
  suites: ["test/host/suites/restricted.ts"],
  workspace: { "Cargo.toml": MANIFEST, "src/main.rs": "fn main() {}\n" },
  askTrust: true,
});
