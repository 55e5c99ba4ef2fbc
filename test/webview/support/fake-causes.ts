/** Causes for a made-up run: the changes in each crate, and the modules that they reached. */
import type { CascadeRow, CauseRow, CausesSummary } from "../../../src/protocol/explain.js";
import type { ModuleRow } from "../../../src/protocol/views.js";

/** A function whose name looks like markup. */
const ODD = "<Parser<'_> as Iterator>::next";

interface FakeCause {
  readonly row: CauseRow;
  readonly cascade: readonly CascadeRow[];
}

/** The share of re-compiled modules that each cause reached. */
const SHARES = [0.6, 0.3, 0.1];

/** Three causes, the largest first; a third of the modules that each reached changed themselves, and the last one is reached in another way. */
export function fakeCauses(rows: readonly ModuleRow[]): readonly FakeCause[] {
  const again = rows.filter(({ verdict, reason }) => verdict === "re-compiled" && reason?.kind !== "key-equal-but-not-cached");
  let from = 0;
  return SHARES.flatMap((share, index) => {
    const modules = again.slice(from, from + Math.ceil(again.length * share));
    from += modules.length;
    return modules.length === 0 ? [] : [fakeCause(["text_core", "text_stats", "textstats"][index] ?? "", index, modules)];
  });
}

function fakeCause(crate: string, index: number, modules: readonly ModuleRow[]): FakeCause {
  const itself = Math.max(1, Math.floor(modules.length / 3));
  const cascade = modules.map(({ name, shortName }, at): CascadeRow => {
    const how = at < itself ? "itself" : at === modules.length - 1 ? "otherwise" : "imports";
    return {
      module: name,
      shortName,
      crate: modules[at]?.crate ?? crate,
      how,
      kind: how === "itself" ? "own-code-changed" : "imports-changed",
    };
  });
  const count = (how: CascadeRow["how"]): number => cascade.filter((row) => row.how === how).length;
  const row: CauseRow = {
    id: `${crate}-${index}`,
    kind: "code-changed",
    title: `\`${index === 0 ? ODD : `${crate}::parse_line`}\` in crate \`${crate}\` changed`,
    effect: `${count("itself")} modules re-compiled for themselves, ${count("imports")} because they import from them`,
    crates: { total: 1, shown: [crate] },
    ...{ itself: count("itself"), importers: count("imports"), others: count("otherwise") },
  };
  return { row, cascade };
}

export function fakeSummary(rows: readonly ModuleRow[], byEdit: number): CausesSummary {
  const count = (test: (row: ModuleRow) => boolean): number => rows.filter(test).length;
  return {
    build: "textstats-bin-cfd0d78a@2",
    against: "textstats-bin-cfd0d78a@1",
    counts: {
      reused: count(({ verdict }) => verdict === "re-used"),
      recompiled: count(({ verdict }) => verdict === "re-compiled"),
      neverCached: count(({ reason }) => reason?.kind === "key-equal-but-not-cached"),
      byEdit,
      gone: 0,
    },
    rustc: { known: rows.length, agreeing: rows.length },
    findings: { total: 0, shown: [] },
    warnings: { total: 0, shown: [] },
  };
}
