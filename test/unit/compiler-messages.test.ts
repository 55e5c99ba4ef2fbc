/** The compiler's messages (`cargo build --message-format=json`). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CompilerMessages } from "../../src/core/producers/rust/capture/compiler-messages.js";

const ROOT = "/home/me/app";

interface Place {
  readonly file: string;
  readonly line: number;
  readonly columns: readonly [number, number];
  readonly text: string;
  readonly calledAt?: Place;
}

function span({ file, line, columns, text, calledAt }: Place): unknown {
  return {
    ...{ file_name: file, byte_start: 0, byte_end: 1, line_start: line, line_end: line, column_start: columns[0], column_end: columns[1] },
    ...{ is_primary: true, label: "here", text: [{ text, highlight_start: columns[0], highlight_end: columns[1] }] },
    expansion: calledAt === undefined ? null : { span: span(calledAt), macro_decl_name: "m!", def_site_span: span(calledAt) },
  };
}

function line(
  message: string,
  more: { level?: string; code?: string; place?: Place; children?: unknown[]; rendered?: string } = {},
): string {
  const { level = "error", code, place, children = [], rendered = `${level}: ${message}\n\n` } = more;
  const target = { kind: ["bin"], crate_types: ["bin"], name: "app", src_path: `${ROOT}/src/main.rs` };
  const spans = place === undefined ? [] : [span(place)];
  const said = { rendered, level, message, spans, children, code: code === undefined ? null : { code, explanation: "" } };
  return JSON.stringify({ reason: "compiler-message", package_id: "app", manifest_path: `${ROOT}/Cargo.toml`, target, message: said });
}

function problemsOf(...lines: readonly string[]): CompilerMessages["problems"] {
  const messages = new CompilerMessages(ROOT);
  for (const one of lines) messages.line(one);
  return messages.problems;
}

describe("the compiler's messages", () => {
  const place = { file: "src/main.rs", line: 3, columns: [9, 12], text: "    let 𝒳x = no;" } as const;

  it("are passed on as rustc prints them, each once", () => {
    const messages = new CompilerMessages(ROOT);
    assert.equal(messages.line(line("no", { rendered: "error: no\n --> here\n\n" })), "error: no\n --> here\n");
    assert.equal(messages.line(line("no", { rendered: "error: no\n --> here\n\n" })), undefined);
    assert.equal(messages.line('{"reason":"compiler-artifact"}'), undefined);
    assert.equal(messages.line("a build script's word"), undefined);
  });

  it("are problems with file, place in UTF-16 units, code and notes, errors first", () => {
    const children = [{ level: "help", message: "try this", spans: [], children: [], code: null, rendered: null }];
    const [error, warning] = problemsOf(
      line("unused", { level: "warning", code: "unused_variables", place }),
      line("mismatched", { code: "E0308", place, children }),
    );
    const [start, end] = [8, 12].map((character) => ({ line: 2, character }));
    const file = `${ROOT}/src/main.rs`;
    assert.deepEqual(error, { severity: "error", code: "E0308", message: "mismatched: here\nhelp: try this", file, start, end });
    assert.deepEqual(warning, { severity: "warning", code: "unused_variables", message: "unused: here", file, start, end });
  });

  it("point at the user's line if a macro of another crate is at fault", () => {
    const inMacro = { file: "/registry/dep/src/lib.rs", line: 70, columns: [1, 2], text: "panic!()", calledAt: place } as const;
    const [problem] = problemsOf(line("no", { place: inMacro }));
    assert.deepEqual([problem?.file, problem?.start.line], [`${ROOT}/src/main.rs`, 2]);
  });

  it("of the linker, which have no place, point at the crate's root; counts of errors are ignored", () => {
    const [linker, ...others] = problemsOf(
      line("linking with `cc` failed: exit status: 1", { children: [{ level: "note", message: "x".repeat(10_000) }] }),
      line("aborting due to 2 previous errors", { rendered: "error: aborting due to 2 previous errors\n" }),
      line("2 warnings emitted", { level: "warning" }),
    );
    assert.deepEqual([linker?.file, linker?.start, others], [`${ROOT}/src/main.rs`, { line: 0, character: 0 }, []]);
    assert.ok((linker?.message.length ?? 0) < 5000);
  });
});
