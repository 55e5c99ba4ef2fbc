/** Shared libraries with any identity that a test needs. */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";

export interface FakeLibrary {
  readonly soname?: string;
  /** The name of the version definition; null: none. */
  readonly version?: string | null;
  /** The producer string that it would write into bitcode; null: none. */
  readonly producer?: string | null;
  readonly options?: readonly string[];
}

/** Compiles one; by default it looks like the libLLVM of rustc 1.95.0. */
export async function fakeLibrary(file: string, library: FakeLibrary = {}): Promise<void> {
  const { soname = "libLLVM.so.22.1-rust-1.95.0-stable", version = "LLVM_22.1", producer = "LLVM22.1.2-rust-1.95.0-stable" } = library;
  await writeFile(`${file}.c`, `const char producer[] = ${JSON.stringify(producer ?? "nobody")};\nint LLVMFunction(void) { return 1; }\n`);
  const script = `${file}.map`;
  if (version !== null) await writeFile(script, `${version} { global: *; };\n`);
  const options = [`-Wl,-soname,${soname}`, ...(version === null ? [] : [`-Wl,--version-script=${script}`]), ...(library.options ?? [])];
  execFileSync("gcc", ["-shared", "-fPIC", "-o", file, `${file}.c`, ...options]);
}
