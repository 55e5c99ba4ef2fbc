/** Checks the invariants of docs/architecture.md that a program can check; the numbers are the same. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { ENGINE_REQUESTS } from "../../src/protocol/engine/requests.js";
import { repository } from "../support/repository.js";
import { filesBelow, importsOf, includesOf, textOf } from "../support/sources.js";
import type { Import } from "../support/sources.js";

const LSP_PACKAGES =
  /^vscode-(languageclient|languageserver|languageserver-protocol|languageserver-types|languageserver-textdocument)(\/|$)/;

const sources = filesBelow("src").filter((file) => file.endsWith(".ts"));
const imports = sources.flatMap((file) => importsOf(file));

function within(file: string, ...folders: readonly string[]): boolean {
  return folders.some((folder) => file.startsWith(`src/${folder}/`));
}

/** Fails with one line per offence. */
function none(offences: readonly string[], rule: string): void {
  if (offences.length > 0) assert.fail(`${rule}\n${offences.map((offence) => `  ${offence}`).join("\n")}`);
}

function offending(rule: string, test: (found: Import) => boolean): void {
  none(
    imports.filter(test).map(({ file, line, module }) => `${file}:${line} imports ${module ?? "a computed path"}`),
    rule,
  );
}

/** Lines of files that a pattern matches, as `file:line: text`. */
function linesWith(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    (textOf(file) ?? "")
      .split("\n")
      .flatMap((text, index) => (pattern.test(text) ? [`${file}:${index + 1}: ${text.trim().slice(0, 120)}`] : [])),
  );
}

/** Cycles of a graph. */
function rings(edges: readonly (readonly [from: string, to: string])[]): string[] {
  const graph = new Map<string, string[]>();
  for (const [from, to] of edges) graph.set(from, [...(graph.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(" → "));
    if (way.includes(file) || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

/** The rooms of src/core: each imports only from itself and the ones before it. */
const ROOMS = [
  "base",
  "machine",
  "store",
  "engine",
  "pipelines",
  "replay",
  "verify",
  "producers",
  "ir",
  "language",
  "explain",
  "advise",
  "views",
];

describe("the rooms of src/core", () => {
  const roomOf = (file: string): number => ROOMS.indexOf(file.split("/")[2] ?? "");
  const own = imports.filter(({ file, target }) => within(file, "core") && target?.startsWith("src/core/") === true);

  it("are all known", () => {
    none(
      sources.filter((file) => within(file, "core") && roomOf(file) < 0),
      "a file of src/core is in one of its rooms",
    );
  });

  it("import only from rooms before them, types included", () => {
    const upward = own.filter(({ file, target }) => roomOf(target ?? "") > roomOf(file));
    none(
      upward.map(({ file, line, target }) => `${file}:${line} imports ${target ?? ""}`),
      `a room of src/core imports only from those before it: ${ROOMS.join(", ")}`,
    );
  });

  it("have no cycle between files, types included", () => {
    none(rings(own.map(({ file, target }) => [file.replace(/\.ts$/, ""), target ?? ""])), "files do not import one another in a ring");
  });
});

describe("the files of src", () => {
  it("do not import one another in a ring, types included", () => {
    none(
      rings(imports.flatMap(({ file, target }) => (target === null ? [] : [[file.replace(/\.ts$/, ""), target]]))),
      "files do not import one another in a ring",
    );
  });
});

describe("the producers", () => {
  /** The producer in whose folder a file is; undefined: it is in no producer's folder. */
  const producerOf = (file: string | null): string | undefined => /^src\/core\/producers\/([^/]+)\//.exec(file ?? "")?.[1];
  const registry = "src/core/producers/registry.ts";

  it("are only imported by the list of producers, including types, and do not import each other", () => {
    offending(
      `ask ${registry}, and use the types of src/core/producers/producer.ts and src/core/replay/producer.ts`,
      ({ file, target }) => {
        const producer = producerOf(target);
        return producer !== undefined && producer !== producerOf(file) && file !== registry;
      },
    );
    offending("a producer does not know the others, nor who lists it", ({ file, target }) => {
      return producerOf(file) !== undefined && `${target ?? ""}.ts` === registry;
    });
  });

  it("are all in the list", () => {
    const listed = new Set(imports.flatMap(({ file, target }) => (file === registry ? (producerOf(target) ?? []) : [])));
    const there = new Set(sources.flatMap((file) => producerOf(file) ?? []));
    assert.deepEqual([...listed].sort(), [...there].sort());
  });
});

describe("the addon's tests", () => {
  it("have a namespace each, so that several can be compiled as one", () => {
    const files = filesBelow("addon/test").filter((file) => file.endsWith("_test.cpp"));
    assert.ok(files.length > 0);
    none(
      files.filter((file) => textOf(file)?.includes(`\nnamespace ${path.posix.basename(file, ".cpp")} {\n`) !== true),
      "a test's namespace has the file's name",
    );
  });
});

/** The rooms of addon/lto: each includes only its own headers and those of the ones before it. The binding may use all of them. */
const ENGINE_ROOMS = ["compat", "llvm", "ir", "pipeline", "calls", "passes", "rustc"]
  .map((room) => `addon/lto/${room}`)
  .concat("addon/binding");

describe("the rooms of the addon", () => {
  const files = ["addon/lto", "addon/binding"]
    .flatMap((folder) => filesBelow(folder))
    .filter((file) => file !== "addon/binding/lock_module.cpp");
  const roomOf = (file: string): number => ENGINE_ROOMS.indexOf(path.posix.dirname(file));
  const includes = files.flatMap((file) => includesOf(file));

  it("are all known, and none is empty", () => {
    none(
      files.filter((file) => roomOf(file) < 0),
      "a file of addon/lto is in one of its rooms",
    );
    none(
      ENGINE_ROOMS.filter((_, room) => !files.some((file) => roomOf(file) === room)),
      "a room has files",
    );
  });

  it("include only headers of rooms before them, by full path", () => {
    const upward = includes.filter(({ file, target }) => roomOf(target) < 0 || roomOf(target) > roomOf(file));
    none(
      upward.map(({ file, line, target }) => `${file}:${line} includes ${target}`),
      `a room includes only headers of those before it: ${ENGINE_ROOMS.join(", ")}`,
    );
    none(linesWith(files, /^\s*#\s*include\s*"(?!(lto|binding|llvm|llvm-c)\/)/), 'include "lto/room/header.h"');
  });

  it("have no cycle between files (a header and its implementation count as one)", () => {
    const withoutSuffix = (file: string): string => file.replace(/\.(cpp|h)$/, "");
    const own = includes.map(({ file, target }) => [withoutSuffix(file), withoutSuffix(target)] as const);
    none(rings(own.filter(([file, target]) => file !== target)), "files do not include one another in a ring");
  });

  it("have one namespace each, and nothing outside it", () => {
    // A namespace named llvm would hide LLVM's own.
    const nameOf = (file: string): string => path.posix.basename(path.posix.dirname(file)).replace("llvm", "support");
    const opened = files.flatMap((file) =>
      [...(textOf(file) ?? "").matchAll(/^namespace(?: ([\w:]+))? \{/gm)].flatMap(([, name]) =>
        name === undefined || name === `lto_inspector::${nameOf(file)}` ? [] : [`${file} opens the namespace ${name}`],
      ),
    );
    none(opened, "one namespace for each room: lto_inspector::room");
    const inHeaders = linesWith(
      files.filter((file) => file.endsWith(".h")),
      /\busing namespace\b/,
    );
    none(inHeaders, "a header says which room a name is of");
    // Node's module is the entry point of a library, and has no names of its own.
    const outside = files.filter(
      (file) => file !== "addon/binding/module.cpp" && !/^namespace lto_inspector::\w+ \{/m.test(textOf(file) ?? ""),
    );
    none(outside, "what a room declares is in its namespace");
  });

  it("ask for LLVM's version in addon/lto/compat only, and there through series.h, which refuses unknown series", () => {
    const version = /\bLLVM_VERSION_(MAJOR|MINOR|PATCH)\b/;
    const programs = filesBelow("addon").filter((file) => /\.(cpp|h|cmake)$/.test(file));
    const compat = programs.filter((file) => file.startsWith("addon/lto/compat/"));
    none(
      linesWith(
        programs.filter((file) => !compat.includes(file)),
        version,
      ),
      "name the difference in a file of addon/lto/compat",
    );
    // Where the macro is not defined, the preprocessor takes it for 0: an LLVM before all others.
    const unchecked = compat.filter((file) => version.test(textOf(file) ?? "") && !file.endsWith("/series.h"));
    none(
      unchecked.filter((file) => !includesOf(file).some(({ target }) => target === "addon/lto/compat/series.h")),
      'include "lto/compat/series.h"',
    );
  });

  it("do not mention a compiler in addon/lto/llvm", () => {
    none(
      linesWith(
        files.filter((file) => file.startsWith("addon/lto/llvm/")),
        /rust|cargo|crate\b|rlib/i,
      ),
      "what knows a compiler is in its own room",
    );
  });
});

describe("invariant 1: the protocol", () => {
  it("has no runtime imports but its own, and only types of vscode-languageserver-types", () => {
    offending("src/protocol may import its own files, and types from vscode-languageserver-types", ({ file, module, target, typeOnly }) => {
      if (!within(file, "protocol")) return false;
      if (target !== null) return !target.startsWith("src/protocol/");
      return !(typeOnly && module === "vscode-languageserver-types");
    });
  });
});

describe("invariant 2: who may import what", () => {
  it("vscode is imported in src/client only", () => {
    offending("only src/client knows VS Code", ({ file, module }) => module === "vscode" && !within(file, "client"));
  });

  it("LSP packages are imported in src/client and src/server only", () => {
    offending("only src/client and src/server speak LSP", ({ file, module, typeOnly }) => {
      if (module === null || !LSP_PACKAGES.test(module) || within(file, "client", "server")) return false;
      return !(typeOnly && within(file, "protocol"));
    });
  });

  it("libLLVM is loaded only in src/engine-host, and elsewhere the lock addon is the only native code", () => {
    offending("native code is not imported, and no path is computed at run time", ({ file, module }) => {
      return (module === null || module.endsWith(".node")) && !within(file, "engine-host") && file !== "src/core/base/lock-addon.ts";
    });
    none(
      linesWith(["src/core/base/lock-addon.ts"], /\.node"(?<!"lto_inspector_lock\.node")/),
      "src/core/base/lock-addon.ts loads the lock addon alone",
    );
    const locks = filesBelow("addon/process").concat("addon/binding/lock_module.cpp");
    none(linesWith(locks, /^\s*#\s*include\s*[<"](llvm|lto)\b/), "locks and the supervisor know nothing of LLVM");
  });

  it("a process's lock, not its id, shows whether it is alive", () => {
    none(
      linesWith(sources, /\.kill\([^)]*,\s*0\)|isAlive/),
      "ids are used again, and mean nothing in another PID namespace: see src/core/base/file-lock.ts",
    );
  });

  it("napi.h is included in addon/binding only", () => {
    const files = filesBelow("addon").filter((file) => /\.(cpp|h)$/.test(file) && !file.startsWith("addon/binding/"));
    none(
      linesWith(files, /^\s*#\s*include\s*[<"](napi|node_api|js_native_api|node|uv|v8)\b/),
      "the engine's library knows nothing of Node",
    );
    const engine = files.filter((file) => file.startsWith("addon/lto/"));
    none(linesWith(engine, /^\s*#\s*include\s*[<"](\.\.\/)*binding\//), "the engine's library knows nothing of its binding");
  });

  it("folders import only from those below them", () => {
    const standsOn: Readonly<Record<string, readonly string[]>> = {
      protocol: ["protocol"],
      core: ["core", "protocol"],
      "engine-host": ["engine-host", "core", "protocol"],
      cli: ["cli", "core", "protocol"],
      server: ["server", "core", "protocol"],
      client: ["client", "protocol"],
    };
    none(
      sources.filter((file) => !Object.keys(standsOn).includes(file.split("/")[1] ?? "")),
      "a folder of src that docs/architecture.md does not know",
    );
    offending("see the processes in docs/architecture.md", ({ file, target }) => {
      if (target?.startsWith("src/") !== true) return false;
      const [, from = ""] = file.split("/");
      const [, to = ""] = target.split("/");
      return standsOn[from]?.includes(to) === false;
    });
  });
});

describe("what differs between pipelines", () => {
  // This folder reads rustc's own flags and files; the lists are in pipelines.ts.
  const files = [...sources, ...filesBelow("webview").filter((file) => file.endsWith(".ts"))].filter(
    (file) => file !== "src/protocol/pipelines.ts" && !file.startsWith("src/core/producers/rust/"),
  );

  it("is a property of the pipeline's entry in src/protocol/pipelines.ts: no code compares names", () => {
    const byName = /[!=]== "(?:thin|fat|thin-local)"|case "(?:fat|thin-local)"/;
    none(linesWith(files, byName), "ask pipelineOf(mode) for the property that makes the difference, and add it where there is none");
  });

  it("includes stages, which are found in its lists and not by their tags", () => {
    none(linesWith(files, /"(?:thin-)?lto[-.](?:input|after-[a-z]+)"/), "use the lists of src/protocol/pipelines.ts");
  });
});

describe("invariant 8: long work can be cancelled", () => {
  const readers = sources.filter((file) => within(file, "core", "cli", "server") && !/^src\/core\/base\/read-file(-sync)?\.ts$/.test(file));

  it("files are read and copied by src/core/base/read-file.ts, which only opens regular files of bounded size", () => {
    // The program's own package.json is trusted.
    const own = ["src/cli/version.ts", "src/server/main.ts"];
    const files = readers.filter((file) => !own.includes(file));
    const reads = /(?<![\w.])(?:fs\.)?(?:readFile|copyFile|cp|readFileSync|copyFileSync|cpSync|createReadStream)\(/;
    none(linesWith(files, reads), "a FIFO would block a thread for good: use readTextFile, readJsonFile, copyRegularFile, …");
  });

  it("folders are made by src/core/base/folders.ts: Node's recursive mkdir does not return below /proc", () => {
    none(linesWith(readers, /\bmkdir(?:Sync)?\(.*recursive: true/), "use makeFolder");
  });
});

describe("invariant 10: files that are written", () => {
  it("have a temporary name first and are then renamed, or are in a scratch folder", () => {
    // "wx" creates a new file or fails, as for locks.
    const writes = /\b(writeFile|writeFileSync|createWriteStream)\((?!.*"wx")/;
    const finishes = /\b(rename|renameSync|mkdtemp|mkdtempSync)\(/;
    const files = sources.filter((file) => !finishes.test(textOf(file) ?? ""));
    none(linesWith(files, writes), "write to a temporary name in the same folder, then rename: src/core/base/atomic-file.ts does it");
  });
});

describe("text from untrusted files", () => {
  it("goes to the terminal in one place, which escapes what a terminal would interpret", () => {
    const files = sources.filter((file) => within(file, "cli", "core") && file !== "src/cli/context.ts");
    // The rustc wrapper's messages go to Cargo, and reach the command line as Cargo's output.
    const writers = files.filter((file) => !file.startsWith("src/core/producers/rust/wrapper/"));
    none(
      linesWith(writers, /\bconsole\.|\bstd(out|err)\.write\(/),
      "return lines from a command, or use session.note and session.progress",
    );
  });

  it("becomes a message, a choice or a row of a tree in VS Code in one place, which removes links and icons", () => {
    const files = sources.filter((file) => within(file, "client") && file !== "src/client/messages.ts");
    const shows = /\b(show(Information|Warning|Error)Message|withProgress|setStatusBarMessage)\(/;
    none(linesWith(files, shows), "src/client/messages.ts has them all");
    const picks = files.filter(
      (file) => /\b(show|create)QuickPick\b/.test(textOf(file) ?? "") && !/\bshownChoice\b/.test(textOf(file) ?? ""),
    );
    none(picks, "map choices with shownChoice");
    const trees = files.filter(
      (file) => /\bgetTreeItem\(node: \w+\)/.test(textOf(file) ?? "") && !/\b(shownItem|cguItem)\b/.test(textOf(file) ?? ""),
    );
    none(trees, "pass rows through shownItem");
  });

  it("never becomes markup in a page", () => {
    none(
      linesWith(
        filesBelow("webview").filter((file) => file.endsWith(".ts")),
        /\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b/,
      ),
      "webview/dom.ts makes elements",
    );
  });
});

describe("invariant 13: data from outside", () => {
  it("is parsed as JSON in src/core/base/parse.ts only", () => {
    const allowed = new Set([
      "src/core/base/parse.ts",
      // The addon's messages: they are of the same build, and forwarded without reading.
      "src/engine-host/main.ts",
      // The query of a document's own address, parsed by hand: the extension contains no schemas, which are as large as the rest of it.
      "src/client/documents/explanations.ts",
    ]);
    const others = sources.filter((file) => !allowed.has(file));
    none(linesWith(others, /\bJSON\.parse\(/), "parse it by a schema: src/core/base/parse.ts");
  });

  it("is read by schemas only in core and server", () => {
    offending("schemas stay out of the extension's and the wrapper's bundles", ({ file, module }) => {
      return module?.startsWith("zod") === true && !within(file, "core", "server");
    });
  });

  it("includes the addon's messages, which are those of src/protocol", () => {
    const number = (file: string, pattern: RegExp): string | undefined => pattern.exec(textOf(file) ?? "")?.[1];
    const own = number("src/protocol/engine/rpc.ts", /ENGINE_PROTOCOL = (\d+)/);
    assert.ok(own !== undefined);
    assert.equal(number("addon/binding/module.cpp", /EngineProtocol = (\d+)/), own);
  });

  it("includes the addon's requests, which are exactly those that src/protocol/engine declares", () => {
    const families = filesBelow("addon/binding").filter((file) => file.endsWith("_requests.cpp"));
    const answered = families.flatMap((file) =>
      [...(textOf(file) ?? "").matchAll(/\bTable\.add<\w+>\("(\w+)", \w+\);/g)].map(([, name = ""]) => name),
    );
    assert.deepEqual(answered.sort(), Object.keys(ENGINE_REQUESTS).sort());
    const added = [...(textOf("addon/binding/service.cpp") ?? "").matchAll(/\badd(\w+)Requests\(Table\);/g)];
    assert.deepEqual(added.map(([, family = ""]) => `addon/binding/${family.toLowerCase()}_requests.cpp`).sort(), families.sort());
  });
});

describe("house rules", () => {
  const code = ["src", "addon", "test", "scripts", "bench", "webview", "examples"].flatMap((folder) => filesBelow(folder));
  // In an additional work tree, `.git` is a file.
  const topLevel = fs
    .readdirSync(repository, { withFileTypes: true })
    .flatMap((entry) => (entry.isFile() && entry.name !== ".git" ? [entry.name] : []));
  const everything = [...code, ...filesBelow("docs"), ...filesBelow(".ci"), ...topLevel];
  const programs = code.filter((file) => /\.(ts|mjs|cjs|js|cpp|h|rs|css|html)$/.test(file));

  it("no source file is longer than 500 lines", () => {
    const long = programs.flatMap((file) => {
      const lines = (textOf(file) ?? "").split("\n").length - 1;
      return lines > 500 ? [`${file}: ${lines} lines`] : [];
    });
    none(long, "one subject a file: split it");
  });

  it("a name means one exported type", () => {
    const found = new Map<string, string[]>();
    for (const file of programs.filter((one) => /^(src|webview)\/.*\.ts$/.test(one))) {
      for (const [, name = ""] of (textOf(file) ?? "").matchAll(/^export (?:interface|type|(?:abstract )?class) (\w+)/gm)) {
        found.set(name, [...(found.get(name) ?? []), file]);
      }
    }
    none(
      [...found].flatMap(([name, files]) => (files.length > 1 ? [`${name}: ${files.join(", ")}`] : [])),
      "two types that share a name are taken for one another",
    );
  });

  it("no test is disabled or exclusive", () => {
    const tests = programs.filter((file) => file.startsWith("test/") || file.startsWith("addon/test/"));
    // A test that cannot run skips itself with the reason: `t.skip("no rustup toolchain")`, GTEST_SKIP() << "…".
    none(
      linesWith(tests, /\b(it|test|describe|suite)\.(only|skip|todo)\(|\bonly:\s*true|\b(DISABLED_[A-Z])/),
      "let the test run, or skip at run time with a reason",
    );
  });

  it("no path of a developer's machine is in a file", () => {
    const folders = ["work", "root", "farm", "home/(?!me/|user/)[a-z]+", "Users/[A-Za-z]+"].join("|");
    none(linesWith(everything, new RegExp(`(?<![\\w.\\-}*$/])/(${folders})/`)), "make it relative, or take it from the environment");
  });

  it("no file has a conflict marker of git", () => {
    none(linesWith(everything, /^(?:<{7}|>{7}|\|{7})(?: |$)/), "resolve the conflict");
  });

  it("no host is hard-wired into set-up, build or CI", () => {
    const files = [...filesBelow("scripts"), ...filesBelow(".ci")];
    const rule = "take addresses from the machine's own settings";
    // The names of schemas look like addresses; nothing is fetched from there.
    none(linesWith(files, /\b(https?|git|ssh|ftp):\/\/(?!localhost|127\.0\.0\.1|json-schema\.org\/|[\w-]+\.invalid\/)/), rule);
    none(linesWith(["package-lock.json"], /"resolved":/), rule);
  });
});
