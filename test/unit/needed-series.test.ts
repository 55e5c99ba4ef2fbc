/** Which engines set-up builds: those of the LLVM series that this machine's compilers use, and no others. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { LLVM_SERIES, majorOf } from "../../src/core/machine/llvm-series.js";
import { repository } from "../support/repository.js";

const scratch = mkdtempSync(join(tmpdir(), "lto-inspector-needed-"));
after(() => rm(scratch, { recursive: true, force: true }));

const supported = LLVM_SERIES.filter(({ engine }) => engine);
let last = 0;

/** A folder with a cargo and a rustc that states its LLVM version. */
function compiler(folder: string, llvm: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "rustc"), `#!/bin/sh\necho "release: 1.2.3"\necho "LLVM version: ${llvm}"\n`, { mode: 0o755 });
  writeFileSync(join(folder, "cargo"), "#!/bin/sh\n", { mode: 0o755 });
  return folder;
}

/** The series that set-up would build, in a process with these compilers in PATH and in rustup. */
function needed(inPath: readonly string[], inRustup: readonly string[]): string[] {
  const home = join(scratch, String(++last));
  mkdirSync(join(home, "toolchains"), { recursive: true });
  inRustup.forEach((llvm, index) => compiler(join(home, "toolchains", `toolchain-${index}`, "bin"), llvm));
  const folders = inPath.map((llvm, index) => compiler(join(home, `path-${index}`), llvm));
  const script = `import { neededSeries } from ${JSON.stringify(join(repository, "scripts/lib/rust.mjs"))};
    console.log(JSON.stringify(neededSeries().map(({ series }) => series.major)));`;
  const env = { ...process.env, PATH: [...folders, "/nowhere"].join(":"), RUSTUP_HOME: home };
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", script], { env, encoding: "utf8" })) as string[];
}

describe("the engines that set-up builds", () => {
  const versions = supported.map(({ name }) => `${name}.3`);
  const majors = supported.map(majorOf);

  it("are one of the usual series where there is no compiler, or only ones that no engine is for", () => {
    assert.deepEqual(needed([], []), ["22"]);
    assert.deepEqual(needed(["14.0.6"], ["13.0.0", "garbage"]), ["22"]);
  });

  it("are that of the first compiler in PATH that can be used, and then those of rustup's toolchains", () => {
    for (const [index, version] of versions.entries()) {
      const others = majors.filter((_, other) => other !== index);
      assert.deepEqual(needed(["14.0.6", version], []), [majors[index]]);
      assert.deepEqual(needed([version], [version, ...versions, "14.0.6"]), [majors[index], ...others]);
    }
  });
});
