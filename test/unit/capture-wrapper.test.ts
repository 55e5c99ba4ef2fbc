/** The wrapper as a program: rustc's arguments, the output for Cargo, the record, and the exit status. A shell script acts as rustc. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { build } from "esbuild";
import { launcherScript } from "../../src/core/producers/rust/capture/launcher.js";
import {
  BYPASS_FOR_FINAL,
  CAPTURE_FOLDER,
  CHAINED_WRAPPER,
  RECORD_SOCKET,
  RECORDED,
} from "../../src/core/producers/rust/wrapper/record.js";
import type { RustcRecord, WrapperMessage } from "../../src/core/producers/rust/wrapper/record.js";
import { repository } from "../support/repository.js";

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
  readonly result: { readonly status: number | null; readonly signal: string | null; readonly stdout: string; readonly stderr: string };
  readonly records: readonly RustcRecord[];
  readonly logs: readonly string[];
  /** Everything in the capture's folder. */
  readonly written: string;
}

/** Acts as the capture: receives records, and answers each. */
async function listen(answer: string, messages: WrapperMessage[]): Promise<{ address: string; close: () => void }> {
  const address = path.join(fs.mkdtempSync(path.join(folder, "socket-")), "s");
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("end", () => {
      messages.push(JSON.parse(text) as WrapperMessage);
      socket.end(answer);
    });
  });
  server.listen(address);
  await once(server, "listening");
  return { address, close: () => server.close() };
}

async function run(program: readonly string[], environment: NodeJS.ProcessEnv = {}, answer = RECORDED): Promise<Ran> {
  const captures = fs.mkdtempSync(path.join(folder, "captures-"));
  const messages: WrapperMessage[] = [];
  const { address, close } = await listen(answer, messages);
  const [command = "", ...args] = program;
  const own = { CARGO_PRIMARY_PACKAGE: "1", CARGO_PKG_NAME: "tool", [CAPTURE_FOLDER]: captures, [RECORD_SOCKET]: address };
  const child = spawn(command, args, { env: { PATH: process.env["PATH"], ...own, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [status, signal] = (await once(child, "close")) as [number | null, string | null];
  close();
  return {
    result: { status, signal, stdout, stderr },
    records: messages.map(({ record }) => record),
    logs: messages.map((message) => fs.readFileSync(path.join(captures, message.folder, "rustc.log"), "utf8")),
    written: fs
      .readdirSync(captures, { recursive: true, withFileTypes: true })
      .flatMap((entry) => (entry.isFile() ? [fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8")] : []))
      .join(""),
  };
}

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-wrapper-"));
  wrapper = path.join(folder, "rustc-wrapper.js");
  await build({
    entryPoints: [path.join(repository, "src/core/producers/rust/wrapper/main.ts")],
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
  it("adds save-temps, requests the log and the linker's command line, and separates them from other output", async () => {
    const rustc = script(
      "rustc-log",
      `echo "out $*"
echo ' INFO rustc_codegen_llvm::back::lto local module: 0 - m' >&2
echo '{"$message_type":"artifact"}' >&2
echo "RUSTC_LOG=$RUSTC_LOG COLOR=$RUSTC_LOG_COLOR FORMAT=$RUSTC_LOG_FORMAT" >&2`,
    );
    const { result, records, logs, written } = await run([process.execPath, wrapper, rustc, ...FINAL], {
      ...{ RUSTC_LOG: "debug", RUSTC_LOG_FORMAT: "json" },
      ...{ CARGO_MAKEFLAGS: "-j", A_BUILD_SCRIPTS: "own" },
    });
    assert.equal(result.status, 0);
    const [, said = "", linkArgs] = /^(.*) --print=link-args=(.*)\n$/.exec(result.stdout) ?? [];
    assert.equal(said, `out ${[...FINAL, "-C", "save-temps"].join(" ")}`);
    assert.match(linkArgs ?? "", /\/tool-\w+\/link-args$/, "in the folder of the record");
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
    assert.doesNotMatch(written, /A_BUILD_SCRIPTS|own/, "the environment is not written to disk");
    assert.ok(record.finishedAt >= record.startedAt);
  });

  it("ends like rustc", async () => {
    const failed = await run([process.execPath, wrapper, script("rustc-fail", "echo 'error: no' >&2; exit 101"), ...FINAL]);
    assert.equal(failed.result.status, 101);
    assert.equal(failed.result.stderr, "error: no\n");
    assert.equal(failed.records[0]?.exitCode, 101);
    const killed = await run([process.execPath, wrapper, script("rustc-killed", "kill -SEGV $$"), ...FINAL]);
    assert.equal(killed.result.signal, "SIGSEGV");
    assert.equal(killed.records[0]?.signal, "SIGSEGV");
  });

  it("forwards signals", async () => {
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

  it("forwards long stderr output completely", async () => {
    const rustc = script(
      "rustc-loud",
      `i=0; while [ $i -lt 20000 ]; do echo "warning $i: some words to fill a line with"; i=$((i+1)); done >&2`,
    );
    const { result } = await run([process.execPath, wrapper, rustc, ...FINAL]);
    assert.equal(result.stderr.trimEnd().split("\n").length, 20_000);
  });

  it("starts rustc even if it cannot record it", async () => {
    const rustc = script("rustc-plain", "echo ran");
    const { result } = await run([process.execPath, wrapper, rustc, ...FINAL], { [CAPTURE_FOLDER]: "/dev/null/nowhere" });
    assert.equal(result.stdout, "ran\n");
    assert.match(result.stderr, /could not be recorded/);
    assert.equal(result.status, 0);
  });

  it("reports why the capture rejects a record, or that it does not answer", async () => {
    const command = [process.execPath, wrapper, script("rustc-fine", "exit 0"), ...FINAL];
    const refused = await run(command, {}, "no room");
    assert.match(refused.result.stderr, /could not be recorded: no room/);
    const alone = await run(command, { [RECORD_SOCKET]: path.join(folder, "nobody") });
    assert.match(alone.result.stderr, /could not be recorded: .*ENOENT/);
    assert.deepEqual([refused.result.status, alone.result.status], [0, 0]);
  });

  it("reports a missing rustc", async () => {
    const { result } = await run([process.execPath, wrapper, path.join(folder, "nowhere"), ...FINAL]);
    assert.equal(result.status, 127);
    assert.match(result.stderr, /could not start/);
  });

  it("passes on the jobserver's descriptors", async () => {
    const rustc = script("rustc-jobs", "cat <&5");
    const outer = `echo token > ${path.join(folder, "pipe")}; exec 5< ${path.join(folder, "pipe")}; exec "$0" "$@"`;
    const program = ["/bin/sh", "-c", outer, process.execPath, wrapper, rustc, ...FINAL];
    const { result } = await run(program, { CARGO_MAKEFLAGS: "-j --jobserver-auth=5,5" });
    assert.equal(result.stdout, "token\n");
  });
});

describe("the wrapper, for everything else", () => {
  it("changes nothing", async () => {
    const rustc = script("rustc-echo", 'echo "$*|$RUSTC_LOG"; echo " INFO rustc_codegen_llvm::back::lto x" >&2');
    const { result, records } = await run([process.execPath, wrapper, rustc, ...LIBRARY], { RUSTC_LOG: "mine" });
    assert.equal(result.stdout, `${LIBRARY.join(" ")}|mine\n`);
    assert.equal(result.stderr, " INFO rustc_codegen_llvm::back::lto x\n");
    assert.deepEqual(records, []);
  });

  it("starts a chained wrapper, which final crates can bypass", async () => {
    const rustc = script("rustc-name", 'echo "rustc"');
    const chained = script("chained", 'echo "chained"; exec "$@"');
    const chain = { [CHAINED_WRAPPER]: chained };
    assert.equal((await run([process.execPath, wrapper, rustc, ...LIBRARY], chain)).result.stdout, "chained\nrustc\n");
    assert.equal((await run([process.execPath, wrapper, rustc, ...FINAL], chain)).result.stdout, "chained\nrustc\n");
    const bypass = { ...chain, [BYPASS_FOR_FINAL]: "1" };
    assert.equal((await run([process.execPath, wrapper, rustc, ...FINAL], bypass)).result.stdout, "rustc\n");
    assert.equal((await run([process.execPath, wrapper, rustc, ...LIBRARY], bypass)).result.stdout, "chained\nrustc\n");
  });
});

describe("the launcher", () => {
  async function launch(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
    const launcher = path.join(folder, "it's the launcher");
    const node = script("node-stand-in", 'echo "node $ELECTRON_RUN_AS_NODE $1"; shift; exec "$@"');
    fs.writeFileSync(launcher, launcherScript(node, "/the/wrapper.js"), { mode: 0o755 });
    return (await run([launcher, script("rustc-short", "echo rustc"), ...args], environment)).result.stdout;
  }

  it("passes final crates to the wrapper", async () => {
    assert.equal(await launch(FINAL), "node 1 /the/wrapper.js\nrustc\n");
    assert.equal(await launch([...LIBRARY, "--test"]), "node 1 /the/wrapper.js\nrustc\n");
    assert.equal(await launch(["--crate-name", "bench", "b.rs", "--cfg", "test"]), "node 1 /the/wrapper.js\nrustc\n");
    assert.equal(await launch(["@arguments"]), "node 1 /the/wrapper.js\nrustc\n");
  });

  it("starts everything else directly, through a chained wrapper", async () => {
    assert.equal(await launch(LIBRARY), "rustc\n");
    assert.equal(await launch(["-vV"]), "rustc\n");
    assert.equal(await launch(FINAL, { CARGO_PRIMARY_PACKAGE: undefined }), "rustc\n");
    assert.equal(await launch(["--crate-name", "build_script_build", "--crate-type", "bin"]), "rustc\n");
    assert.equal(await launch(LIBRARY, { [CHAINED_WRAPPER]: script("chained 2", 'echo "chained"; exec "$@"') }), "chained\nrustc\n");
    assert.equal(await launch(LIBRARY, { [CHAINED_WRAPPER]: "" }), "rustc\n");
  });
});
