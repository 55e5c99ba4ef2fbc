/** Parts around the engine: journal, toolchain profile, producers, and the client's handling of crashes (with a host that dies on command). */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { EngineClient } from "../../src/core/engine/client.js";
import { JOURNAL_SLOT_BYTES, parseJournal, signalName } from "../../src/core/engine/journal.js";
import { matchProducers } from "../../src/core/engine/libllvm.js";
import { EngineDied } from "../../src/core/engine/process.js";
import { seriesOf } from "../../src/core/machine/llvm-series.js";
import { isLtoError } from "../../src/core/base/errors.js";
import type { AnalyzeParams, EngineLocalModule } from "../../src/protocol/engine/analysis.js";
import { nameCulprit } from "../../src/core/replay/analysis-crash.js";
import { PLAIN_SETTINGS } from "../../src/core/replay/inputs.js";
import { producedBy } from "../../src/core/pipelines/produced-by.js";
import { isRunning } from "../../scripts/lib/processes.mjs";
import { aFewTurns, until } from "../support/patience.js";
import { fakeLibrary } from "../support/fake-library.js";
import { repository } from "../support/repository.js";

function slot(text: string): Buffer {
  const bytes = Buffer.alloc(JOURNAL_SLOT_BYTES);
  bytes.write(text);
  return bytes;
}

describe("the engine's journal", () => {
  it("says what each thread was doing and which one crashed", () => {
    const content = Buffer.concat([slot("one\nthin-lto-after-pm\nGVNPass\nf\n"), slot(""), slot("!11\ntwo\nthin-lto-after-import\n")]);
    assert.deepEqual(parseJournal(content), [
      { module: "one", stage: "thin-lto-after-pm", pass: "GVNPass", function: "f", signal: null },
      { module: "two", stage: "thin-lto-after-import", pass: "", function: "", signal: "SIGSEGV" },
    ]);
  });

  it("may be empty, cut short or full", () => {
    assert.deepEqual(parseJournal(Buffer.alloc(0)), []);
    assert.deepEqual(parseJournal(Buffer.from("!6\nmo")), [{ module: "mo", stage: "", pass: "", function: "", signal: "SIGABRT" }]);
    assert.equal(parseJournal(slot("x".repeat(JOURNAL_SLOT_BYTES)))[0]?.module.length, JOURNAL_SLOT_BYTES);
    assert.equal(signalName(250), "signal 250");
  });
});

describe("producers", () => {
  const producer = (version: string): { identification: string; version: string; symtabProducer: string } => ({
    identification: `LLVM${version}`,
    version,
    symtabProducer: "",
  });

  it("match only exactly the same LLVM", () => {
    const rust = producer("22.1.2-rust-1.95.0-stable");
    assert.equal(matchProducers([rust, rust], "22.1.2-rust-1.95.0-stable").matches, true);
    assert.equal(matchProducers([rust, producer("22.1.8")], "22.1.2-rust-1.95.0-stable").matches, false);
    assert.deepEqual(matchProducers([rust, producer("22.1.8")], "22.1.8").producers, ["22.1.2-rust-1.95.0-stable", "22.1.8"]);
    assert.equal(matchProducers([], "22.1.8").matches, false);
  });

  it("identify the toolchain", () => {
    const toolchain = { rustc: "", host: "", commitHash: null };
    const stable = { ...toolchain, sysroot: "/home/me/.rustup/toolchains/stable", release: "1.95.0", llvmVersion: "22.1.2" };
    const nightly = { ...toolchain, sysroot: "/home/me/.rustup/toolchains/nightly", release: "1.97.0-nightly", llvmVersion: "22.1.4" };
    const distribution = { ...toolchain, sysroot: "/usr", release: "1.96.0", llvmVersion: "22.1.8" };
    assert.equal(producedBy("22.1.2-rust-1.95.0-stable", stable), true);
    assert.equal(producedBy("22.1.2-rust-1.95.0-stable", { ...stable, release: "1.95.1" }), false);
    assert.equal(producedBy("22.1.4-rust-1.97.0-nightly", nightly), true);
    assert.equal(producedBy("22.1.8", distribution), true);
    assert.equal(producedBy("22.1.2", stable), false);
  });
});

/** Answers `print` with its parameters' file; dies on `die`, leaving a journal if its parameters ask for one; never answers `hang`. */
const HOST = `
const fs = require("node:fs");
let journal;
const slot = (text) => { const bytes = Buffer.alloc(1024); bytes.write(text); return bytes; };
process.on("message", ({ id, method, params }) => {
  const answer = (result) => process.send({ jsonrpc: "2.0", id, result });
  if (method === "initialize") {
    journal = params.journal;
    answer({ path: process.env.FAKE_LIBRARY, version: process.env.FAKE_VERSION, revision: "", compiledAgainst: "22.1.8", targets: [] });
  } else if (method === "print" && params.file === "die") {
    fs.writeFileSync(journal, slot("!11\\nmodule one\\nthin-lto-after-pm\\nGVNPass\\nf\\n"));
    process.stderr.write("LLVM ERROR: out of luck\\n", () => process.kill(process.pid, "SIGSEGV"));
  } else if (method === "print" && params.file === "vanish") {
    process.kill(process.pid, "SIGKILL");
  } else if (method === "print" && params.file === "once") {
    if (fs.existsSync(process.env.FAKE_FLAG)) answer({ text: "second try" });
    else fs.writeFileSync(process.env.FAKE_FLAG, "");
  } else if (method === "print" && params.file === "grow") {
    global.kept = Buffer.alloc(400e6, 1);
  } else if (method === "analyze" && params.local.some(({ file }) => file === "/bad.bc")) {
    fs.writeFileSync(journal, slot("!11\\n(all modules)\\nanalysis\\n"));
    process.kill(process.pid, "SIGSEGV");
  } else if (method === "analyze" || method === "release") {
    answer({ modules: [] });
  } else if (method === "print" && params.file !== "hang") {
    answer({ text: params.file });
  }
});
process.on("disconnect", () => process.exit(0));
`;

describe("the client of the engine", () => {
  let folder = "";
  const clients: EngineClient[] = [];

  const client = (version = "22.1.2-rust-1.95.0-stable", expected: string | null = null): EngineClient => {
    process.env["FAKE_LIBRARY"] = join(folder, "libLLVM.so");
    process.env["FAKE_VERSION"] = version;
    process.env["FAKE_FLAG"] = join(folder, `flag-${clients.length}`);
    const spec = {
      library: join(folder, "libLLVM.so"),
      llvmArguments: [],
      threads: 2,
      hostScript: join(folder, "host.cjs"),
      addon: join(repository, "none.node"),
      series: seriesOf("22.1.2") ?? assert.fail(),
    };
    const made = new EngineClient(spec, { version: expected });
    clients.push(made);
    return made;
  };
  const print = async (engine: EngineClient, file: string, signal?: AbortSignal): Promise<string> =>
    (await engine.request("print", { file, limit: 1 }, signal)).text;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "lto-inspector-test-"));
    await writeFile(join(folder, "host.cjs"), HOST);
    await fakeLibrary(join(folder, "libLLVM.so"));
    await writeFile(join(folder, "other.so"), "");
  });

  after(async () => {
    await Promise.all(clients.map((engine) => engine.close()));
    await rm(folder, { recursive: true, force: true });
  });

  it("answers, and says which library is loaded", async () => {
    const engine = client();
    assert.equal(await print(engine, "hello"), "hello");
    assert.equal((await engine.info()).version, "22.1.2-rust-1.95.0-stable");
    assert.equal(engine.generation, 1);
  });

  it("reports a crash with signal, module, stage and LLVM's message, and continues with a new process", async () => {
    const engine = client();
    await assert.rejects(print(engine, "die"), (error) => {
      assert.ok(isLtoError(error, "EngineCrashed"));
      assert.equal(error.report.module, "module one");
      assert.equal(error.report.stage, "thin-lto-after-pm");
      assert.match(error.report.message, /SIGSEGV.*out of luck/);
      assert.ok(error.report.help);
      return true;
    });
    assert.equal(await print(engine, "next"), "next");
    assert.equal(engine.generation, 2);
  });

  it("repeats a request that failed because another one crashed the process", async () => {
    const engine = client();
    const waiting = print(engine, "once");
    await print(engine, "settled");
    await assert.rejects(engine.attempt("print", { file: "die", limit: 1 }), EngineDied);
    assert.equal(await waiting, "second try");
  });

  it("reports a process that disappeared without a journal entry", async () => {
    await assert.rejects(
      print(client(), "vanish"),
      (error) => isLtoError(error, "EngineCrashed") && error.report.message.includes("SIGKILL"),
    );
  });

  it("acknowledges a cancellation at once, and ends a process that does not stop", async () => {
    const engine = client();
    await engine.info();
    const pid = await engine.pid();
    const cancel = new AbortController();
    const hanging = print(engine, "hang", cancel.signal);
    await print(engine, "the one before is under way");
    let acknowledged = false;
    const refused = assert.rejects(hanging, (error) => isLtoError(error, "Cancelled")).then(() => (acknowledged = true));
    cancel.abort();
    await aFewTurns();
    assert.ok(acknowledged, "acknowledged without waiting for the engine");
    await refused;
    await until("the end of the process", () => !isRunning(pid ?? 0));
    assert.equal(await print(engine, "next"), "next");
  });

  it("accepts many requests with one signal without a warning from Node", async () => {
    const engine = client();
    const said: string[] = [];
    const hear = ({ message }: Error): void => void said.push(message);
    process.on("warning", hear);
    try {
      const { signal } = new AbortController();
      await Promise.all(Array.from({ length: 30 }, (_, index) => print(engine, `file ${index}`, signal)));
      // Warnings come on a later tick.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("warning", hear);
    }
    assert.deepEqual(said, []);
  });

  it("ends a process that takes too much memory", async () => {
    process.env["LTO_INSPECTOR_MEMORY_LIMIT"] = "300000000";
    try {
      await assert.rejects(
        print(client(), "grow"),
        (error) => isLtoError(error, "EngineCrashed") && /\d [MG]B of memory/.test(error.report.message),
      );
    } finally {
      delete process.env["LTO_INSPECTOR_MEMORY_LIMIT"];
    }
  });

  it("finds the module on which the analysis of all modules crashes", async () => {
    const engine = client();
    const module = (file: string): EngineLocalModule => ({
      name: file.slice(1),
      origin: "input",
      crate: "c",
      file,
      reserialize: false,
      green: false,
    });
    const params: AnalyzeParams = {
      unit: "u",
      mode: "thin",
      crateTypes: [],
      settings: PLAIN_SETTINGS,
      addLtoPostLink: false,
      rustLevelNames: [],
      countsProfilerSymbols: false,
      preservesAsanGlobals: true,
      summaryAfterFatLto: false,
      thinPreLink: false,
      profileFile: null,
      local: ["/one.bc", "/bad.bc", "/two.bc"].map(module),
      upstream: [],
      preserve: [],
      crateSymbols: null,
      preserveExternals: true,
      incremental: false,
      previousKeysFile: null,
      keysFile: null,
      baseWhereTied: null,
    };
    const error: unknown = await engine.request("analyze", params).catch((thrown: unknown) => thrown);
    assert.ok(isLtoError(error, "EngineCrashed"));
    assert.equal(error.report.module, undefined);
    const named = await nameCulprit(error, engine, params);
    assert.ok(isLtoError(named, "EngineCrashed"));
    assert.deepEqual([named.report.file, named.report.module, named.report.stage], ["/bad.bc", "bad.bc", "analysis"]);
  });

  it("starts one new process for many callers", async () => {
    const engine = client();
    await assert.rejects(engine.attempt("print", { file: "vanish", limit: 1 }), EngineDied);
    assert.deepEqual(await Promise.all(["a", "b", "c"].map((file) => print(engine, file))), ["a", "b", "c"]);
    assert.equal(engine.generation, 2);
  });

  it("refuses a library that is not the chosen one, of another series, or of another version than the toolchain's", async () => {
    const refused = async (engine: EngineClient, said: RegExp): Promise<void> => {
      await assert.rejects(engine.info(), (error) => isLtoError(error, "NoLibLlvm") && said.test(error.report.message));
    };
    const other = client();
    process.env["FAKE_LIBRARY"] = join(folder, "other.so");
    await refused(other, /the loader took .*other\.so/);
    await refused(client("21.1.0"), /was built for LLVM 22\.1/);
    await refused(client("22.1.2-rust-1.95.0-stable", "22.1.4"), /uses LLVM 22\.1\.4/);
  });
});
