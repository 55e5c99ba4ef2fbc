/** What happened to modules, and why: groups and the headline of a run. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countGroups, groupOf, headline, type Decided } from "../../src/protocol/module-groups.js";
import type { ModuleGroup, ReasonKind, Verdict } from "../../src/protocol/runs.js";
import type { ModuleOrigin } from "../../src/protocol/units.js";

function decided(verdict: Verdict | null, reason: ReasonKind | null, origin: ModuleOrigin = "local"): Decided {
  return { verdict, reason: reason === null ? null : { kind: reason }, origin };
}

describe("groups of modules", () => {
  const TABLE: readonly (readonly [Verdict | null, ReasonKind | null, ModuleOrigin, ModuleGroup])[] = [
    ["re-used", "key-equal", "local", "re-used"],
    ["re-used", "both-keys-absent", "local", "re-used"],
    ["re-compiled", "key-changed", "local", "changed"],
    ["re-compiled", "new-module", "local", "new"],
    ["re-compiled", "key-equal-but-not-green", "local", "equal-key"],
    // rustc compiles these whether their keys changed or not, so no edit is the reason.
    ["re-compiled", "key-equal-but-not-cached", "upstream", "never-cached"],
    ["re-compiled", "key-changed", "upstream", "never-cached"],
    ["re-compiled", "new-module", "upstream", "never-cached"],
    ["re-compiled", "key-equal-but-not-cached", "allocator", "never-cached"],
    ["re-compiled", "key-changed", "allocator", "never-cached"],
    // Without an earlier session there is nothing to compare with, for any module.
    ["re-compiled", "no-previous-keys", "local", "first-build"],
    ["re-compiled", "no-previous-keys", "upstream", "first-build"],
    ["re-compiled", "no-session", "local", "not-incremental"],
    ["re-compiled", "no-session", "input", "not-incremental"],
    // Only rustc's verdict is known, as of a unit without a run.
    ["re-compiled", null, "upstream", "re-compiled"],
    ["linked", "base-module", "local", "linked"],
    ["linked", "linked-into-base", "upstream", "linked"],
    ["failed", "failed", "local", "failed"],
    [null, null, "input", "unknown"],
  ];

  for (const [verdict, reason, origin, group] of TABLE) {
    it(`${String(verdict)}, ${String(reason)}, ${origin}: ${group}`, () => {
      assert.equal(groupOf(decided(verdict, reason, origin)), group);
    });
  }
});

describe("the headline", () => {
  const of = (...modules: readonly Decided[]): string => headline(countGroups(modules));
  const several = (count: number, module: Decided): Decided[] => Array.from({ length: count }, () => module);

  it("separates what changed from what is never cached", () => {
    const text = of(
      ...several(138, decided("re-used", "key-equal")),
      ...several(4, decided("re-compiled", "key-changed")),
      ...several(200, decided("re-compiled", "key-equal-but-not-cached", "upstream")),
      ...several(25, decided("re-compiled", "key-changed", "upstream")),
    );
    assert.equal(text, "4 changed · 225 never cached · 138 re-used");
  });

  it("names the edit if it is the cause of all that changed, and of nothing less", () => {
    const counts = { changed: 3, new: 1, "never-cached": 51, "re-used": 29 };
    assert.equal(headline(counts, 4), "4 by your edit · 51 never cached · 29 re-used");
    for (const fewer of [0, 1, 3]) assert.equal(headline(counts, fewer), "3 changed · 1 new · 51 never cached · 29 re-used");
    assert.equal(headline({ "first-build": 84 }, 0), "first build of 84 CGUs");
    assert.equal(headline({ changed: 2, failed: 1 }, 2), "2 by your edit · 1 failed");
  });

  it("calls a first build a first build, and a build without a session not incremental", () => {
    assert.equal(of(...several(84, decided("re-compiled", "no-previous-keys", "upstream"))), "first build of 84 CGUs");
    assert.equal(of(decided("re-compiled", "no-session")), "1 CGU, not incremental");
  });

  it("counts in the thousands, names rare groups, and ends with what failed", () => {
    assert.equal(of(...several(1200, decided("linked", "linked-into-base"))), "1,200 linked");
    assert.equal(
      of(decided("failed", "failed"), decided("re-compiled", "new-module"), decided("re-compiled", "key-equal-but-not-green")),
      "1 new · 1 with an equal key · 1 failed",
    );
    assert.equal(of(...several(2, decided("re-compiled", "key-equal-but-not-green"))), "2 with equal keys");
    assert.equal(of(...several(3, decided("re-compiled", null))), "3 re-compiled");
    assert.equal(of(decided(null, null)), "1 without a known decision");
    assert.equal(of(), "no CGUs");
  });
});
