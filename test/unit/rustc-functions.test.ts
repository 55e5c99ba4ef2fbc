/** Checks that docs/rustc-functions.md is complete and correct: rustc's thin and fat paths, function by function. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { filesBelow, textOf } from "../support/sources.js";

const TABLE = "docs/rustc-functions.md";

/** Every function of rustc's `back/lto.rs` that LTO uses, including those that newer releases moved to rustc_codegen_ssa. */
const LTO_RS = [
  "crate_type_allows_lto",
  "check_lto_allowed",
  "prepare_lto",
  "exported_symbols_for_lto",
  "get_bitcode_slice_from_object_data",
  "run_thin",
  "prepare_thin",
  "thin_lto",
  "run_fat",
  "fat_lto",
  "Linker::new",
  "Linker::add",
  "Linker::drop",
  "ModuleBuffer::new",
  "ModuleBuffer::data",
  "ModuleBuffer::drop",
  "run_pass_manager",
  "ThinData::drop",
  "ThinBuffer::new",
  "ThinBuffer::data",
  "ThinBuffer::drop",
  "optimize_thin_module",
  "ThinLTOKeysMap::save_to_file",
  "ThinLTOKeysMap::load_from_file",
  "ThinLTOKeysMap::from_thin_lto_modules",
  "module_name_to_str",
  "parse_module",
];

/** Functions that these call in rustc, and that affect the result of LTO. */
const CALLED = [
  "crates_export_threshold",
  "looks_like_rust_object_file",
  "ignored_for_lto",
  "bitcode_section_name",
  "save_temp_bitcode",
  "optimize",
  "DiagnosticHandlers",
  "llvm_optimize",
  "target_machine_factory",
  "codegen",
  "write_output_file",
  "ThinShared",
  "SelfProfilerRef::generic_activity_with_arg",
];

const PASS_WRAPPER = [
  "LLVMRustCreateThinLTOData",
  "getFirstDefinitionForLinker",
  "LLVMRustFreeThinLTOData",
  "LLVMRustComputeLTOCacheKey",
  "clearDSOLocalOnDeclarations",
  "LLVMRustPrepareThinLTORename",
  "LLVMRustPrepareThinLTOResolveWeak",
  "LLVMRustPrepareThinLTOInternalize",
  "LLVMRustPrepareThinLTOImport",
  "LLVMRustModuleCost",
  "LLVMRustModuleBufferCreate",
  "LLVMRustLinkerAdd",
  "LLVMRustRunRestrictionPass",
  "LLVMRustThinLTOBufferCreate",
  "LLVMRustParseBitcodeForLTO",
  "LLVMRustGetSliceFromObjectDataByName",
  "LLVMRustOptimize",
  "LLVMRustCreateTargetMachine",
  "LLVMRustWriteOutputFile",
  "LLVMRustContextCreate",
];

/** LLVM's own functions that the engine mirrors, because they keep their reasons to themselves. */
const LLVM = [
  "ModuleImportsManager::computeImportForModule",
  "computeImportForFunction",
  "selectCallee",
  "GlobalsImporter",
  "addLocationToRemarks",
];

interface Row {
  /** As in the table, without the source in brackets. */
  readonly rustc: string;
  readonly ours: readonly string[];
  readonly file: string;
  /** "Suite.Name" */
  readonly tests: readonly string[];
}

function inBackticks(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

function rowOf(line: string): Row | undefined {
  const cells = line.split("|").map((cell) => cell.trim());
  if (!line.startsWith("| `") || cells.length !== 6) return undefined;
  const [, rustc = "", ours = "", file = "", tests = ""] = cells;
  return { rustc: inBackticks(rustc)[0] ?? "", ours: inBackticks(ours), file, tests: tests.split(",").map((test) => test.trim()) };
}

const lines = (textOf(TABLE) ?? "").split("\n");
const rows = lines.flatMap((line) => rowOf(line) ?? []);

/** Every test of the engine as "Suite.Name". */
const tests = new Set(
  filesBelow("addon/test")
    .filter((file) => file.endsWith("_test.cpp"))
    .flatMap((file) => [...(textOf(file) ?? "").matchAll(/^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)/gm)])
    .map(([, suite = "", name = ""]) => `${suite}.${name}`),
);

describe(TABLE, () => {
  it("has no line that only looks like a row", () => {
    const rowLike = lines.filter((line) => line.startsWith("| `"));
    assert.equal(rows.length, rowLike.length);
    assert.ok(rows.length >= LTO_RS.length + CALLED.length + PASS_WRAPPER.length + LLVM.length);
  });

  it("has every function of rustc's thin and fat paths and of LLVM's imports, and no other", () => {
    const named = new Set(rows.map((row) => row.rustc));
    assert.deepEqual([...named].sort(), [...LTO_RS, ...CALLED, ...PASS_WRAPPER, ...LLVM].sort());
  });

  for (const { rustc, ours, file, tests: named } of rows) {
    it(`is correct for ${rustc} → ${ours.join(", ")}`, () => {
      assert.ok(ours.length > 0, "none of our functions is named");
      assert.match(file, /^addon\/(lto\/(rustc|pipeline|calls)|binding)\/\w+\.(cpp|h)$/);
      assert.ok(filesBelow("addon").includes(file), `${file} does not exist`);
      const text = textOf(file) ?? "";
      for (const name of ours) assert.match(text, new RegExp(`\\b${name}\\b`), `${file} has no ${name}`);
      for (const test of named) assert.ok(tests.has(test), `there is no test ${test}`);
    });
  }

  for (const { rustc, file } of rows) {
    it(`is named where ours is declared: ${rustc}`, () => {
      const header = file.replace(/\.cpp$/, ".h");
      const text = [file, header].map((name) => (filesBelow("addon").includes(name) ? textOf(name) : "")).join("\n");
      // For a method, its type is enough.
      const [name = rustc] = rustc.split("::");
      assert.match(text, new RegExp(`\\b${name}\\b`), `neither ${file} nor its header says that it mirrors ${rustc}`);
    });
  }
});
