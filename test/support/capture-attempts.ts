/** Ways for a capture's folder, which is not trusted, to run or load its own code when it is replayed. */
import { cp, mkdir, readdir, rename, stat, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { LtoErrorName } from "../../src/protocol/error-table.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { hostileLibrary, hostileProgram, plantProgram } from "./attempts.js";

export interface CaptureAttempt {
  readonly name: string;
  /** Changes a manifest, and writes the code into its folder. Paths below `/elsewhere` of the folder's parent also belong to the attempt. */
  readonly change: (manifest: UnitManifest, folder: string) => Promise<UnitManifest>;
  /** The result of `thin`: it replays the capture on the machine's own toolchain, or reports why not. */
  readonly ends: "done" | LtoErrorName;
}

/** The name of the libLLVM in a sysroot. */
async function libraryName(sysroot: string): Promise<string> {
  const names = (await readdir(join(sysroot, "lib"))).filter((name) => /^libLLVM.*\.so/.test(name));
  for (const name of names) if ((await stat(join(sysroot, "lib", name))).size > 1 << 20) return name;
  throw new Error(`${sysroot} has no libLLVM`);
}

/** A toolchain in the capture's folder: its rustc, its libLLVM and its linkers leave marks. */
async function toolchainIn(folder: string, { toolchain }: UnitManifest, ...options: readonly string[]): Promise<UnitManifest["toolchain"]> {
  const sysroot = join(folder, "tc");
  const rustc = join(sysroot, "bin", "rustc");
  await hostileProgram(rustc);
  await hostileLibrary(join(sysroot, "lib", await libraryName(toolchain.sysroot)), ...options);
  for (const name of ["cc", "gcc"]) await plantProgram(join(sysroot, "lib", "rustlib", toolchain.host, "bin", name));
  return { ...toolchain, sysroot, rustc };
}

function withArguments(...llvmArgs: readonly string[]): CaptureAttempt["change"] {
  return async (manifest, folder) => {
    await plantProgram(join(folder, "tc", "program"));
    await hostileLibrary(join(folder, "tc", "evil.so"));
    const words = llvmArgs.map((word) => word.replaceAll("${folder}", folder));
    return { ...manifest, settings: { ...manifest.settings, llvmArgs: words } };
  };
}

function withPasses(...passes: readonly string[]): CaptureAttempt["change"] {
  return (manifest) => Promise.resolve({ ...manifest, settings: { ...manifest.settings, passes } });
}

/** Moves an input out of the folder, and updates the manifest. */
async function moved(folder: string, file: string): Promise<string> {
  const outside = join(dirname(folder), "elsewhere", basename(file));
  await mkdir(dirname(outside), { recursive: true });
  await rename(join(folder, file), outside);
  return outside;
}

function withFirst(manifest: UnitManifest, file: string): UnitManifest {
  const [first, ...others] = manifest.localModules;
  if (first === undefined) throw new Error("the capture has no module");
  return { ...manifest, localModules: [{ ...first, file }, ...others] };
}

function firstFile({ localModules: [first] }: UnitManifest): string {
  if (first === undefined) throw new Error("the capture has no module");
  return first.file;
}

export const ON_REPLAYING: readonly CaptureAttempt[] = [
  {
    name: "its toolchain is in its folder",
    change: async (manifest, folder) => ({ ...manifest, toolchain: await toolchainIn(folder, manifest) }),
    ends: "done",
  },
  {
    name: "its rustc is in its folder, in a sysroot without a libLLVM",
    change: async (manifest, folder) => {
      const { rustc } = await toolchainIn(folder, manifest);
      await mkdir(join(folder, "empty"));
      return { ...manifest, toolchain: { ...manifest.toolchain, rustc, sysroot: join(folder, "empty") } };
    },
    ends: "done",
  },
  {
    name: "its rustc is in its folder, in the system's sysroot",
    change: async (manifest, folder) => ({
      ...manifest,
      toolchain: { ...(await toolchainIn(folder, manifest)), sysroot: "/usr" },
    }),
    ends: "done",
  },
  {
    name: "its libLLVM claims to be the right one",
    change: async (manifest, folder) => ({
      ...manifest,
      toolchain: await toolchainIn(folder, manifest, "-Wl,-soname,libLLVM.so.22.1-rust-1.95.0-stable"),
    }),
    ends: "done",
  },
  {
    name: "its toolchain is unknown, and in its folder",
    change: async (manifest, folder) => ({
      ...manifest,
      toolchain: { ...(await toolchainIn(folder, manifest)), commitHash: "0".repeat(40) },
    }),
    ends: "UnreadableFile",
  },
  {
    name: "LLVM starts a program for each change",
    change: withArguments("-exec-on-ir-change=${folder}/tc/program"),
    ends: "IncompleteUnit",
  },
  { name: "… with two dashes", change: withArguments("--exec-on-ir-change=${folder}/tc/program"), ends: "IncompleteUnit" },
  { name: "… in two words", change: withArguments("-exec-on-ir-change", "${folder}/tc/program"), ends: "IncompleteUnit" },
  { name: "… by a name in PATH", change: withArguments("-exec-on-ir-change=program"), ends: "IncompleteUnit" },
  {
    name: "… from a file of arguments",
    change: async (manifest, folder) => {
      await writeFile(join(folder, "words"), `-exec-on-ir-change=${folder}/tc/program\n`);
      return withArguments(`@${folder}/words`)(manifest, folder);
    },
    ends: "IncompleteUnit",
  },
  {
    name: "LLVM compares with a program",
    change: withArguments("-print-changed=diff", "-print-changed-diff-path=${folder}/tc/program"),
    ends: "IncompleteUnit",
  },
  {
    name: "LLVM draws with a program",
    change: withArguments("-print-changed=dot-cfg", "-print-changed-dot-path=${folder}/tc/program"),
    ends: "IncompleteUnit",
  },
  { name: "LLVM loads a library", change: withArguments("-load=${folder}/tc/evil.so"), ends: "IncompleteUnit" },
  { name: "LLVM loads passes", change: withArguments("-load-pass-plugin=${folder}/tc/evil.so"), ends: "IncompleteUnit" },
  {
    name: "LLVM loads a plugin of a hardening pass",
    change: withArguments("-x86-lvi-load-opt-plugin=${folder}/tc/evil.so"),
    ends: "IncompleteUnit",
  },
  { name: "LLVM writes a file", change: withArguments("-info-output-file=${folder}/tc/written.RAN"), ends: "IncompleteUnit" },
  { name: "a pass writes files", change: withPasses("dot-cfg"), ends: "IncompleteUnit" },
  { name: "a pass shows graphs", change: withPasses("function(view-cfg)"), ends: "IncompleteUnit" },
  {
    name: "an input is outside, by an absolute path",
    change: async (manifest, folder) => withFirst(manifest, await moved(folder, firstFile(manifest))),
    ends: "UnreadableFile",
  },
  {
    name: "an input is outside, by ..",
    change: async (manifest, folder) => {
      const outside = await moved(folder, firstFile(manifest));
      return withFirst(manifest, join("..", "elsewhere", basename(outside)));
    },
    ends: "UnreadableFile",
  },
  {
    name: "an input is a link that leads outside",
    change: async (manifest, folder) => {
      const outside = await moved(folder, firstFile(manifest));
      await symlink(outside, join(folder, firstFile(manifest)));
      return manifest;
    },
    ends: "UnreadableFile",
  },
  {
    name: "an rlib is outside folder and toolchain",
    change: async (manifest, folder) => {
      const [first, ...others] = manifest.upstream;
      if (first === undefined) throw new Error("the capture has no rlib");
      const outside = join(dirname(folder), "elsewhere", basename(first.file));
      await cp(first.source, outside, { recursive: true });
      return { ...manifest, upstream: [{ ...first, file: outside, source: outside }, ...others] };
    },
    ends: "UnreadableFile",
  },
  {
    name: "its id leads out of the store",
    change: (manifest) => Promise.resolve({ ...manifest, id: "../../elsewhere" }),
    ends: "UnreadableFile",
  },
];
