/** Attempts to run code from a capture's folder when it is replayed. */
import fs from "node:fs/promises";
import path from "node:path";
import { HELLO, whatRan } from "../../test/support/attempts.js";
import type { CaptureAttempt } from "../../test/support/capture-attempts.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { BenchFailure } from "../lib/failure.js";
import type { PartContext } from "./part.js";
import { lastLines, runProgram } from "./program.js";

/** Commands that use a capture. */
const REPLAYING: readonly ((folder: string) => readonly string[])[] = [
  (folder) => ["thin", folder],
  (folder) => ["verify", folder],
  (folder) => ["show", folder, "hello"],
  (folder) => ["find", folder, "main"],
  (folder) => ["explain", folder],
];

/** How many commands are tried for each attempt. */
export const REPLAYING_COMMANDS = REPLAYING.length;

/** Captures a small program. @returns the capture's folder */
export async function captureHello({ cli, work }: PartContext): Promise<string> {
  const workspace = path.join(work, "captured");
  for (const [name, text] of Object.entries({ ...HELLO, "src/main.rs": 'fn main() { println!("{}", std::env::args().count()); }\n' })) {
    await fs.mkdir(path.dirname(path.join(workspace, name)), { recursive: true });
    await fs.writeFile(path.join(workspace, name), text);
  }
  const env = environment(work);
  const { code, stdout, stderr } = await runProgram(process.execPath, [cli, "capture", workspace, "--lto", "thin"], { env });
  if (code !== 0) throw new BenchFailure(`The capture failed: ${lastLines(stderr)}`, "Look at it.");
  return path.join(work, "store", "captures", stdout.trim().split("\n").at(-1) ?? "", "1");
}

/** @param captured copied for the attempt @returns the programs that ran, and commands that did not end */
export async function replay(
  { change }: CaptureAttempt,
  index: number,
  captured: string,
  { cli, work, limit }: PartContext,
): Promise<[string[], string[]]> {
  const parent = path.join(work, `replay-${index}`);
  const folder = path.join(parent, "capture");
  await fs.cp(captured, folder, { recursive: true });
  const manifest = path.join(folder, "manifest.json");
  const changed = await change(JSON.parse(await fs.readFile(manifest, "utf8")) as UnitManifest, folder);
  await fs.writeFile(manifest, JSON.stringify(changed));
  const env = { ...environment(work), PATH: `${folder}/tc:${process.env["PATH"] ?? ""}` };
  const stuck: string[] = [];
  for (const command of REPLAYING) {
    const args = command(folder);
    const { hung } = await runProgram(process.execPath, [cli, ...args], { env, cwd: folder, limit });
    if (hung) stuck.push(`\`${args[0] ?? ""}\` does not end within ${limit} s`);
  }
  return [await whatRan(parent), stuck];
}

function environment(work: string): NodeJS.ProcessEnv {
  return { ...process.env, LTO_INSPECTOR_STORE: path.join(work, "store"), XDG_STATE_HOME: path.join(work, "state") };
}
