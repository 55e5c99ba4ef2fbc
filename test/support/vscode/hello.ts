/** The smallest workspace with something to inspect, and its first run in a window. */
import type { WorkspaceFiles } from "./sandbox.js";
import type { Workbench } from "./workbench.js";

export const MANIFEST = `[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n\n[profile.release]\nlto = "thin"\n`;
export const MAIN = `fn main() {\n    println!("hello");\n}\n`;
export const HELLO: WorkspaceFiles = { "Cargo.toml": MANIFEST, "src/main.rs": MAIN };

/** Runs the command, which captures first, and answers its question. */
export async function buildAndInspect(window: Workbench): Promise<void> {
  await window.command("LTO: Run Thin LTO");
  await window.dialog.getByRole("button", { name: "Build and Inspect" }).click();
}
