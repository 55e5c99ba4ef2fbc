/** Finding, running and ending programs. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { isRunning } from "../../scripts/lib/processes.mjs";
import { isLtoError } from "../../src/core/base/errors.js";
import { runProcess } from "../../src/core/base/process.js";
import { cargoHome, findProgram, findPrograms, rustupHome } from "../../src/core/machine/programs.js";
import { until } from "../support/patience.js";

let folder = "";

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lto-process-"));
});

after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("a program's run", () => {
  it("returns output, lines and the exit code", async () => {
    const lines: string[] = [];
    const script = "printf 'é\\nlast'; echo warning >&2; exit 3";
    const result = await runProcess("/bin/sh", ["-c", script], { onStdoutLine: (line) => lines.push(line) });
    assert.deepEqual(result, { code: 3, stdout: "é\nlast", stderr: "warning\n" });
    assert.deepEqual(lines, ["é", "last"]);
  });

  it("fails if there is no such program", async () => {
    await assert.rejects(runProcess(path.join(folder, "nothing"), []), { code: "ENOENT" });
  });

  it("is cancelled with everything that it started, even if it ignores signals", async () => {
    const controller = new AbortController();
    const script = `trap '' INT; sh -c 'trap "" INT; echo $$ > ${folder}/pid; while :; do sleep 0.1; done'`;
    const running = runProcess("/bin/sh", ["-c", script], { signal: controller.signal });
    const started = await until("what it starts", () => /^\d+\n/.exec(fs.readFileSync(path.join(folder, "pid"), "utf8"))?.[0]);
    controller.abort();
    await assert.rejects(running, (error) => isLtoError(error, "Cancelled"));
    // It and its parent have been killed; the process that inherits it may reap it later.
    await until("the end of what it started", () => !isRunning(Number(started)));
    await assert.rejects(runProcess("/bin/true", [], { signal: controller.signal }), (error) => isLtoError(error, "Cancelled"));
  });
});

describe("programs", () => {
  it("are found in the order of PATH, then in Cargo's folder", async () => {
    for (const place of ["first", "second", "cargo/bin"]) {
      fs.mkdirSync(path.join(folder, place), { recursive: true });
      fs.writeFileSync(path.join(folder, place, "lto-test-tool"), "", { mode: 0o755 });
    }
    fs.writeFileSync(path.join(folder, "first", "lto-not-executable"), "", { mode: 0o644 });
    const environment = { PATH: `${folder}/second:${folder}/first`, CARGO_HOME: `${folder}/cargo` };
    const places = (await findPrograms("lto-test-tool", environment)).map((file) => path.relative(folder, path.dirname(file)));
    assert.deepEqual(places, ["second", "first", "cargo/bin"]);
    assert.equal(await findProgram("lto-not-executable", environment), undefined);
  });

  it("have homes that the environment can change", () => {
    assert.equal(cargoHome({ HOME: "/h" }), "/h/.cargo");
    assert.equal(rustupHome({ RUSTUP_HOME: "/r" }), "/r");
  });
});
