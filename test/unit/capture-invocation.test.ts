/** What the wrapper reads from a command line and its environment: which rustc runs make final crates, and the jobserver's descriptors. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import {
  codegenValue,
  expandArgumentFiles,
  isFinalCrate,
  splitInvocation,
  valuesOf,
} from "../../src/core/producers/rust/wrapper/invocation.js";
import { inheritedDescriptors, jobserverDescriptors } from "../../src/core/producers/rust/wrapper/jobserver.js";
import { snapshotSessions } from "../../src/core/pipelines/past-sessions.js";
import { newestSession } from "../../src/protocol/session-names.js";

const PRIMARY = { CARGO_PRIMARY_PACKAGE: "1" };
const LINK = ["--emit=dep-info,link"];

function final(crate: string, ...more: string[]): boolean {
  return isFinalCrate(["--crate-name", crate, "src/main.rs", ...LINK, ...more], PRIMARY);
}

describe("the wrapper's command line", () => {
  it("splits programs from options", () => {
    const { programs, args } = splitInvocation(["/opt/clippy-driver", "/opt/rustc", "--crate-name", "a", "src/lib.rs"]);
    assert.deepEqual(programs, ["/opt/clippy-driver", "/opt/rustc"]);
    assert.deepEqual(args, ["--crate-name", "a", "src/lib.rs"]);
    assert.deepEqual(splitInvocation(["rustc", "@args"]).args, ["@args"]);
  });

  it("reads argument files", () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "lto-args-")), "args");
    fs.writeFileSync(file, "--crate-name\na\n--cfg\n\n");
    assert.deepEqual(expandArgumentFiles(["-v", `@${file}`]), ["-v", "--crate-name", "a", "--cfg", ""]);
    fs.rmSync(path.dirname(file), { recursive: true });
  });

  it("gives every value of an option, in both spellings", () => {
    assert.deepEqual(valuesOf(["--crate-type", "rlib", "--crate-type=cdylib", "--crate-type"], "--crate-type"), ["rlib", "cdylib"]);
  });

  it("gives the last value of a -C option, in every spelling", () => {
    assert.equal(codegenValue(["-C", "incremental=a", "-Cincremental=b"], "incremental"), "b");
    assert.equal(codegenValue(["--codegen", "opt_level=2", "--codegen=opt-level=s"], "opt-level"), "s");
    assert.equal(codegenValue(["-C", "lto"], "lto"), "");
    assert.equal(codegenValue(["-C", "ltoish=1"], "lto"), undefined);
  });
});

describe("final crates", () => {
  it("are programs, C libraries and tests of requested packages", () => {
    for (const type of ["bin", "cdylib", "staticlib", "dylib"]) assert.ok(final("a", "--crate-type", type), type);
    assert.ok(final("a", "--crate-type", "rlib", "--crate-type", "cdylib"));
    assert.ok(final("a", "--crate-type", "lib", "--test"));
    assert.ok(final("bench", "--cfg", "test"), "harness = false: no crate type");
  });

  it("are not libraries, macros, build scripts, checks or queries", () => {
    assert.ok(!final("a", "--crate-type", "lib"));
    assert.ok(!final("a", "--crate-type", "proc-macro"));
    assert.ok(!final("build_script_build", "--crate-type", "bin"));
    assert.ok(!isFinalCrate(["--crate-name", "a", "--crate-type", "bin", "--emit=dep-info,metadata"], PRIMARY));
    assert.ok(!isFinalCrate(["-", "--crate-name", "___", "--print=file-names", "--crate-type", "bin"], PRIMARY));
    assert.ok(!isFinalCrate(["--crate-name", "a", "--crate-type", "bin", ...LINK], {}), "a dependency");
  });
});

describe("the jobserver", () => {
  it("is passed on with its own descriptors", () => {
    const environment = { CARGO_MAKEFLAGS: "-j --jobserver-fds=8,9 --jobserver-auth=5,3 -j" };
    assert.deepEqual(jobserverDescriptors({ CARGO_MAKEFLAGS: "-j --jobserver-auth=5,3 -j" }), [5, 3]);
    assert.deepEqual(jobserverDescriptors(environment), [8, 9]);
    assert.deepEqual(inheritedDescriptors({ MAKEFLAGS: "--jobserver-auth=5,3" }), [3, "ignore", 5]);
  });

  it("needs no descriptors if it is a named pipe, or if there is none", () => {
    assert.deepEqual(inheritedDescriptors({ MAKEFLAGS: "--jobserver-auth=fifo:/tmp/x" }), []);
    assert.deepEqual(inheritedDescriptors({}), []);
  });
});

describe("sessions before a build", () => {
  it("are reduced to the newest finished one", () => {
    assert.equal(newestSession(["s-zz-a-h1", "s-100-a-h2", "s-0zz.lock", "s-200-a-working", "x"]), "s-100-a-h2");
    assert.equal(newestSession(["s-200-a-working"]), undefined);
  });

  it("have their key maps copied, from the crate's folders only", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-sessions-"));
    for (const [crate, session, keys] of [
      ["tool-1abc", "s-100-a-h1", "old KEY"],
      ["tool-1abc", "s-101-a-h2", "new KEY"],
      ["tool-2def", "s-100-b-h3", null],
      ["toolbox-1", "s-100-c-h4", "other KEY"],
    ] as const) {
      const place = path.join(folder, "incremental", crate, session);
      fs.mkdirSync(place, { recursive: true });
      if (keys !== null) fs.writeFileSync(path.join(place, "thin-lto-past-keys.bin"), keys);
    }
    const found = snapshotSessions(path.join(folder, "incremental"), "tool", folder);
    assert.deepEqual(
      found.map(({ crateFolder, session, keysFile }) => [crateFolder, session, keysFile === null]),
      [
        ["tool-1abc", "s-101-a-h2", false],
        ["tool-2def", "s-100-b-h3", true],
      ],
    );
    assert.equal(fs.readFileSync(path.join(folder, found[0]?.keysFile ?? ""), "utf8"), "new KEY");
    assert.deepEqual(snapshotSessions(path.join(folder, "nowhere"), "tool", folder), []);
    fs.rmSync(folder, { recursive: true });
  });
});
