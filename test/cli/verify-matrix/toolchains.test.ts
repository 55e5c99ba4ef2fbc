import assert from "node:assert/strict";
import { it } from "node:test";
import { findMatrixToolchain, TOOLCHAIN_NAMES } from "../../../bench/verify-matrix/toolchains.js";

it("the matrix has at least one toolchain", async () => {
  const found = await Promise.all(TOOLCHAIN_NAMES.map(findMatrixToolchain));
  const missing = found.filter((toolchain) => typeof toolchain === "string");
  assert.ok(missing.length < found.length, `nothing is verified: ${missing.join("; ")}`);
});
