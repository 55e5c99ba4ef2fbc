/** Generates programs with any number of modules, to measure the cost by number of modules. */
import fs from "node:fs/promises";
import path from "node:path";
import { mustRun } from "../lib/run.js";

const TOOLS = "/usr/lib/llvm-22/bin";
const FUNCTIONS = 6;
const LOOPS = [3, 5, 7];

/**
 * Module `index` of `count`: a few functions that call some of the previous modules, so that there is something to import, and every module is
 * called. All modules have the same size.
 */
function moduleText(index: number, count: number): string {
  const called = LOOPS.map((step) => (index + step) % count);
  const declared = [...new Set(called)].filter((other) => other !== index);
  const body = (nth: number): string => {
    const callee = declared[nth % Math.max(1, declared.length)];
    const call = callee === undefined ? "  %r = add i64 %m, 1" : `  %r = call i64 @f_${callee}_${(nth + 1) % FUNCTIONS}(i64 %m)`;
    // Half of them call further, so that call chains end for any number of modules.
    const result = nth % 2 === 0 ? call : "  %r = xor i64 %m, 12345";
    return [
      `define i64 @f_${index}_${nth}(i64 %x) {`,
      "entry:",
      "  br label %loop",
      "loop:",
      "  %i = phi i64 [ 0, %entry ], [ %next, %loop ]",
      "  %s = phi i64 [ %x, %entry ], [ %m, %loop ]",
      `  %t = mul i64 %s, ${index * FUNCTIONS + nth + 3}`,
      "  %m = add i64 %t, %i",
      "  %next = add i64 %i, 1",
      `  %done = icmp eq i64 %next, ${nth + 9}`,
      "  br i1 %done, label %exit, label %loop",
      "exit:",
      result,
      "  ret i64 %r",
      "}",
    ].join("\n");
  };
  const functions = Array.from({ length: FUNCTIONS }, (_, nth) => body(nth));
  const declarations = declared.flatMap((other) => Array.from({ length: FUNCTIONS }, (_, nth) => `declare i64 @f_${other}_${nth}(i64)`));
  const main = index === 0 ? [`define i32 @main() {\n  %r = call i64 @f_0_0(i64 1)\n  %t = trunc i64 %r to i32\n  ret i32 %t\n}`] : [];
  return [
    `source_filename = "m${index}"`,
    'target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"',
    'target triple = "x86_64-unknown-linux-gnu"',
    ...main,
    ...functions,
    ...declarations,
    "",
  ].join("\n");
}

/** Writes the bitcode of a generated program, with summaries, once. @returns its folder */
export async function familyFolder(work: string, count: number): Promise<string> {
  const folder = path.join(work, "family", String(count));
  const ready = path.join(folder, "ready");
  if (await fs.stat(ready).catch(() => undefined)) return folder;
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(folder, { recursive: true });
  const indices = Array.from({ length: count }, (_, index) => index);
  for (let first = 0; first < count; first += 50) {
    await Promise.all(
      indices.slice(first, first + 50).map(async (index) => {
        const text = path.join(folder, `m${index}.ll`);
        await fs.writeFile(text, moduleText(index, count));
        const file = path.join(folder, `m${index}.bc`);
        await mustRun("Assembling a module", path.join(TOOLS, "opt"), ["-module-summary", "-module-hash", text, "-o", file]);
        await fs.rm(text);
      }),
    );
  }
  await fs.writeFile(ready, "");
  return folder;
}
