/** Compares the table of errors with its users: the engine's names in C++, the command line's exit codes, and a run's handling of errors. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cancelled, endsTheRun, fromEngineError, LtoError } from "../../src/core/base/errors.js";
import {
  errorNamed,
  errorRow,
  EXIT,
  exitCodeOf,
  LTO_ERROR_NAMES,
  type ErrorRow,
  type LtoErrorName,
} from "../../src/protocol/error-table.js";
import { filesBelow, textOf } from "../support/sources.js";

/** Calls that name an error; "makeError(Full ? "DiskFull" : …" names two. */
const NAMING = /\b(?:makeError\(|wrapError\([^;]*?,|ErrorReport\{|Report\.Name =)\s*(?:\w+ \? "(\w+)" : )?"(\w+)"/g;

function namesInAddon(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of filesBelow("addon").filter((one) => /^addon\/(lto|binding)\/.*\.(cpp|h)$/.test(one))) {
    for (const [, first, second] of (textOf(file) ?? "").matchAll(NAMING)) {
      for (const name of [first, second]) if (name !== undefined) found.set(name, file);
    }
  }
  return found;
}

function namesWhere(test: (row: ErrorRow) => boolean): readonly LtoErrorName[] {
  return LTO_ERROR_NAMES.filter((name) => test(errorRow(name)));
}

describe("the table of errors", () => {
  it("has every name that the engine gives an error", () => {
    const inAddon = namesInAddon();
    const unknown = [...inAddon].filter(([name]) => !LTO_ERROR_NAMES.some((known) => known === name));
    assert.deepEqual(unknown, []);
    // A pattern that finds nothing would check nothing.
    for (const name of ["LtoDisallowed", "NotAnObject", "UnknownFunction", "DiskFull", "EngineFailed", "Internal", "LoadBitcode"]) {
      assert.ok(inAddon.has(name), name);
    }
  });

  it("has every name that core's comments list after @throws", () => {
    const said = filesBelow("src").flatMap((file) =>
      [...(textOf(file) ?? "").matchAll(/@throws LtoError ((?:[A-Z]\w+(?:, |,\n \* )?)+)/g)].flatMap(([, names = ""]) =>
        (names.match(/[A-Z]\w+/g) ?? []).map((name) => `${file}: ${name}`),
      ),
    );
    assert.deepEqual(
      said.filter((one) => !LTO_ERROR_NAMES.some((name) => one.endsWith(`: ${name}`))),
      [],
    );
    assert.ok(said.length > 10);
  });

  it("has a row for every name, and treats an unknown name as a failure of the engine", () => {
    for (const name of LTO_ERROR_NAMES) assert.equal(errorNamed(name), name);
    assert.equal(errorNamed("constructor"), "EngineFailed");
    assert.equal(errorNamed("Surprise"), "EngineFailed");
  });

  it("gives the exit codes that --help lists", () => {
    const codes = new Map(LTO_ERROR_NAMES.map((name) => [name, exitCodeOf(name)]));
    const named = (code: number): readonly string[] => LTO_ERROR_NAMES.filter((name) => codes.get(name) === code);
    assert.deepEqual(named(EXIT.usage), ["UnknownStage", "Usage"]);
    assert.deepEqual(named(EXIT.engineFailed), [
      "PrepareThinLtoContext",
      "PrepareThinLtoModule",
      "EngineCrashed",
      "EngineFailed",
      "Internal",
    ]);
    assert.deepEqual(named(EXIT.cancelled), ["Cancelled"]);
    assert.deepEqual([...named(EXIT.done), ...named(EXIT.differs)], []);
  });

  it("says which errors end a run, and which of them lie in its inputs", () => {
    assert.deepEqual(
      namesWhere(({ ends }) => ends === "run"),
      ["FilesChanged", "NoLibLlvm", "NoAddon", "DiskFull", "Cancelled"],
    );
    assert.equal(errorRow("FilesChanged").cause, "input");
    assert.ok(endsTheRun(cancelled("The run")));
    assert.ok(endsTheRun(new TypeError("a fault")), "any error but an LtoError is a bug, and not a module's error");
    assert.ok(!endsTheRun(new LtoError({ name: "EngineCrashed", message: "It crashed." })));
  });

  it("says which errors are damage to a file, and which may be caused by a newer LLVM", () => {
    assert.deepEqual(
      namesWhere(({ damage }) => damage === true),
      ["LoadBitcode", "ParseBitcode", "NoBitcode", "NotAnObject", "UnreadableFile", "CorruptArchive", "EngineCrashed"],
    );
    assert.deepEqual(
      namesWhere(({ unparsed }) => unparsed === true),
      ["LtoBitcodeFromRlib", "LoadBitcode", "ParseBitcode"],
    );
  });

  it("gives an engine's error the usual help, preceded by specific help from its message", () => {
    const helpOf = (name: string, message: string): string | undefined => fromEngineError({ name, message }).report.help;
    assert.equal(helpOf("CorruptArchive", "damaged"), errorRow("CorruptArchive").help);
    assert.match(helpOf("EngineFailed", "symbol multiply defined!") ?? "", /^Rename one/);
    assert.equal(helpOf("EngineFailed", "write: no space left on device"), errorRow("DiskFull").help);
    assert.equal(helpOf("EngineFailed", "surprise"), undefined);
  });
});
