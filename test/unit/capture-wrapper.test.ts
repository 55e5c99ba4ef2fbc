/** The wrapper as a program: what rustc gets, what Cargo sees, what is recorded, how it ends. A shell script stands in for rustc. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { SpawnSyncReturns } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { build } from "esbuild";
import { launcherScript } from "../../src/core/capture/launcher.js";
import { BYPASS_FOR_FINAL, CAPTURE_FOLDER, CHAINED_WRAPPER, RECORD_FILE } from "../../src/core/capture/wrapper/record.js";
import type { RustcRecord } from "../../src/core/capture/wrapper/record.js";
import { repository } from "../support/sources.js";

const FINAL = ["--crate-name", "tool", "src/main.rs", "--crate-type", "bin", "--emit=dep-info,link"];
const LIBRARY = ["--crate-name", "lib", "src/lib.rs", "--crate-type", "lib", "--emit=dep-info,link"];

let folder = "";
let wrapper = "";

function script(name: string, body: string): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return file;
}

interface Ran {
  readonly result: SpawnSyncReturns<string>;
  readonly records: readonly RustcRecord[];
  readonly logs: readonly string[];
}

function run(program: readonly string[], environment: NodeJS.ProcessEnv = {}): Ran {
  const captures = fs.mkdtempSync(path.join(folder, "captures-"));
  const [command = "", ...args] = program;
  const result = spawnSync(command, args, {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], CARGO_PRIMARY_PACKAGE: "1", CARGO_PKG_NAME: "tool", [CAPTURE_FOLDER]: captures, ...environment },
  });
  const names = fs.readdirSync(captures).filter((name) => fs.existsSync(path.join(captures, name, RECORD_FILE)));
  return {
    result,
    records: names.map((name) => JSON.parse(fs.readFileSync(path.join(captures, name, RECORD_FILE), "utf8")) as RustcRecord),
    logs: names.map((name) => fs.readFileSync(path.join(captures, name, "rustc.log"), "utf8")),
  };
}

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-wrapper-"));
  wrapper = path.join(folder, "rustc-wrapper.js");
  await build({
    entryPoints: [path.join(repository, "src/core/capture/wrapper/main.ts")],
    outfile: wrapper,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
  });
});

after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("the wrapper, for a final crate", () => {
  it("adds save-temps, asks for the log and keeps it apart", () => {
    const rustc = script(
      "rustc-log",
      `echo "out $*"
echo ' INFO rustc_codegen_llvm::back::lto local module: 0 - m' >&2
echo '{"$message_type":"artifact"}' >&2
echo "RUSTC_LOG=$RUSTC_LOG COLOR=$RUSTC_LOG_COLOR FORMAT=$RUSTC_LOG_FORMAT" >&2`,
    );
    const { result, records, logs } = run([process.execPath, wrapper, rustc, ...FINAL], {
      ...{ RUSTC_LOG: "debug", RUSTC_LOG_FORMAT: "json" },
      ...{ CARGO_MAKEFLAGS: "-j", A_BUILD_SCRIPTS: "own" },
    });
    assert.equal(result.status, 0);
    assert.equal(result.stdout, `out ${[...FINAL, "-C", "save-temps"].join(" ")}\n`);
    const filter = "rustc_codegen_llvm::back::lto=info,rustc_codegen_ssa::back::lto=info";
    assert.equal(result.stderr, `{"$message_type":"artifact"}\nRUSTC_LOG=${filter} COLOR=never FORMAT=\n`);
    assert.deepEqual(logs, [" INFO rustc_codegen_llvm::back::lto local module: 0 - m\n"]);
    const [record] = records;
    assert.deepEqual(record?.programs, [rustc]);
    assert.deepEqual(record.args, FINAL);
    assert.deepEqual(record.added, ["-C", "save-temps"]);
    assert.deepEqual(record.environment, {
      PATH: process.env["PATH"],
      CARGO_PRIMARY_PACKAGE: "1",
      CARGO_PKG_NAME: "tool",
      A_BUILD_SCRIPTS: "own",
    });
    assert.equal(record.exitCode, 0);
    assert.ok(record.finishedAt >= record.startedAt);
  });

  it("ends as rustc ended", () => {
    const failed = run([process.execPath, wrapper, script("rustc-fail", "echo 'error: no' >&2; exit 101"), ...FINAL]);
    assert.equal(failed.result.status, 101);
    assert.equal(failed.result.stderr, "error: no\n");
    assert.equal(failed.records[0]?.exitCode, 101);
    const killed = run([process.execPath, wrapper, script("rustc-killed", "kill -SEGV $$"), ...FINAL]);
    assert.equal(killed.result.signal, "SIGSEGV");
    assert.equal(killed.records[0]?.signal, "SIGSEGV");
  });

  it("hands signals on", async () => {
    const rustc = script("rustc-waits", `trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.05; done`);
    const child = spawn(process.execPath, [wrapper, rustc, ...FINAL], {
      env: { PATH: process.env["PATH"], CARGO_PRIMARY_PACKAGE: "1", [CAPTURE_FOLDER]: fs.mkdtempSync(path.join(folder, "signal-")) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      if (output === "") child.kill("SIGINT");
      output += chunk.toString();
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    assert.equal(output, "ready\ninterrupted\n");
    assert.equal(code, 3);
  });

  it("gives much on stderr through whole", () => {
    const rustc = script(
      "rustc-loud",
      `i=0; while [ $i -lt 20000 ]; do echo "warning $i: some words to fill a line with"; i=$((i+1)); done >&2`,
    );
    const { result } = run([process.execPath, wrapper, rustc, ...FINAL]);
    assert.equal(result.stderr.trimEnd().split("\n").length, 20_000);
  });

  it("starts what it cannot record all the same", () => {
    const rustc = script("rustc-plain", "echo ran");
    const { result } = run([process.execPath, wrapper, rustc, ...FINAL], { [CAPTURE_FOLDER]: "/dev/null/nowhere" });
    assert.equal(result.stdout, "ran\n");
    assert.match(result.stderr, /could not be recorded/);
    assert.equal(result.status, 0);
  });

  it("says when there is no such rustc", () => {
    const { result } = run([process.execPath, wrapper, path.join(folder, "nowhere"), ...FINAL]);
    assert.equal(result.status, 127);
    assert.match(result.stderr, /could not start/);
  });

  it("hands the jobserver's descriptors on", () => {
    const rustc = script("rustc-jobs", "cat <&5");
    const outer = `echo token > ${path.join(folder, "pipe")}; exec 5< ${path.join(folder, "pipe")}; exec "$0" "$@"`;
    const program = ["/bin/sh", "-c", outer, process.execPath, wrapper, rustc, ...FINAL];
    const { result } = run(program, { CARGO_MAKEFLAGS: "-j --jobserver-auth=5,5" });
    assert.equal(result.stdout, "token\n");
  });
});

describe("the wrapper, for everything else", () => {
  it("changes nothing", () => {
    const rustc = script("rustc-echo", 'echo "$*|$RUSTC_LOG"; echo " INFO rustc_codegen_llvm::back::lto x" >&2');
    const { result, records } = run([process.execPath, wrapper, rustc, ...LIBRARY], { RUSTC_LOG: "mine" });
    assert.equal(result.stdout, `${LIBRARY.join(" ")}|mine\n`);
    assert.equal(result.stderr, " INFO rustc_codegen_llvm::back::lto x\n");
    assert.deepEqual(records, []);
  });

  it("starts a chained wrapper, which a final crate can do without", () => {
    const rustc = script("rustc-name", 'echo "rustc"');
    const chained = script("chained", 'echo "chained"; exec "$@"');
    const chain = { [CHAINED_WRAPPER]: chained };
    assert.equal(run([process.execPath, wrapper, rustc, ...LIBRARY], chain).result.stdout, "chained\nrustc\n");
    assert.equal(run([process.execPath, wrapper, rustc, ...FINAL], chain).result.stdout, "chained\nrustc\n");
    const bypass = { ...chain, [BYPASS_FOR_FINAL]: "1" };
    assert.equal(run([process.execPath, wrapper, rustc, ...FINAL], bypass).result.stdout, "rustc\n");
    assert.equal(run([process.execPath, wrapper, rustc, ...LIBRARY], bypass).result.stdout, "chained\nrustc\n");
  });
});

describe("the launcher", () => {
  function launch(args: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
    const launcher = path.join(folder, "it's the launcher");
    const node = script("node-stand-in", 'echo "node $ELECTRON_RUN_AS_NODE $1"; shift; exec "$@"');
    fs.writeFileSync(launcher, launcherScript(node, "/the/wrapper.js"), { mode: 0o755 });
    return run([launcher, script("rustc-short", "echo rustc"), ...args], environment).result.stdout;
  }

  it("hands final crates to the wrapper", () => {
    assert.equal(launch(FINAL), "node 1 /the/wrapper.js\nrustc\n");
    assert.equal(launch([...LIBRARY, "--test"]), "node 1 /the/wrapper.js\nrustc\n");
    assert.equal(launch(["--crate-name", "bench", "b.rs", "--cfg", "test"]), "node 1 /the/wrapper.js\nrustc\n");
    assert.equal(launch(["@arguments"]), "node 1 /the/wrapper.js\nrustc\n");
  });

  it("starts everything else at once, by way of a chained wrapper", () => {
    assert.equal(launch(LIBRARY), "rustc\n");
    assert.equal(launch(["-vV"]), "rustc\n");
    assert.equal(launch(FINAL, { CARGO_PRIMARY_PACKAGE: undefined }), "rustc\n");
    assert.equal(launch(["--crate-name", "build_script_build", "--crate-type", "bin"]), "rustc\n");
    assert.equal(launch(LIBRARY, { [CHAINED_WRAPPER]: script("chained 2", 'echo "chained"; exec "$@"') }), "chained\nrustc\n");
    assert.equal(launch(LIBRARY, { [CHAINED_WRAPPER]: "" }), "rustc\n");
  });
});
