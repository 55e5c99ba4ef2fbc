/** On how old a system the compiled files load: the names that they need of the C library. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { checkGlibc, newerSymbols } from "../../scripts/lib/glibc.mjs";
import { repository } from "../support/repository.js";

const scratch = mkdtempSync(join(tmpdir(), "lto-inspector-glibc-"));
after(() => rm(scratch, { recursive: true, force: true }));

describe("what the compiled files need of the C library", () => {
  const dist = join(repository, "dist");
  const files = readdirSync(dist).filter((name) => /\.(?:node|so)$/.test(name));

  it("is checked for an engine and for the lock addon", () => {
    assert.ok(files.includes("lto_inspector_lock.node"));
    assert.ok(files.some((name) => /^lto_inspector-\d+\.node$/.test(name)));
    assert.equal(files.includes("lto_inspector-19.node"), files.includes("lto_inspector_use_lists-19.so"));
  });

  for (const name of files.filter((file) => file.endsWith(".so"))) {
    it(`is all that ${name} asks the loader for: its LLVM is the one in the process`, () => {
      const needed = spawnSync("objdump", ["-p", join(dist, name)], { encoding: "utf8" }).stdout.matchAll(/NEEDED +(\S+)/g);
      const libraries = [...needed].map(([, library]) => library);
      assert.ok(libraries.includes("libc.so.6"));
      for (const library of libraries) assert.match(library ?? "", /^(?:libc|libm|ld-linux-x86-64)\.so/);
    });
  }

  for (const name of files) {
    it(`is in glibc 2.28: ${name}`, () => {
      checkGlibc(join(dist, name));
    });
  }

  it("is refused when it is newer", (context) => {
    const file = join(scratch, "newer");
    writeFileSync(`${file}.c`, "#include <stdlib.h>\nunsigned number(void) { return arc4random(); }\n");
    if (spawnSync("gcc", ["-shared", "-fPIC", "-Werror", "-o", `${file}.node`, `${file}.c`]).status !== 0) {
      context.skip("this system's own glibc is older than 2.36");
      return;
    }
    assert.throws(() => {
      checkGlibc(`${file}.node`);
    }, /newer\.node needs a newer C library than glibc 2\.28: arc4random \(GLIBC_2\.36\)/);
  });

  it("is read from objdump's table", () => {
    const table = `
DYNAMIC SYMBOL TABLE:
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.2.5) memcpy
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.28) fcntl64
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.33) stat
0000000000000000  w   DF *UND*	0000000000000000  Base        GLIBC_2.99
0000000000000000      DO *UND*	0000000000000000  GLIBC_2.32  __libc_single_threaded
0000000000000000      DF *UND*	0000000000000000  LLVM_22.1   _ZN4llvm
0000000000001000 g    DF .text	0000000000000010  Base        own
`;
    assert.deepEqual(newerSymbols(table), ["stat (GLIBC_2.33)", "__libc_single_threaded (GLIBC_2.32)"]);
  });
});
